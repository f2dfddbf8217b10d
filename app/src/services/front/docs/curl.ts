import { exampleOf } from './example.ts';
import type { OpenApi, Operation } from './openapi.ts';

export interface CurlOptions {
  readonly document: OpenApi;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  /** Used where the document names no server. */
  readonly origin: string;
}

/** A command that can be pasted into a shell; the admin key stands in a variable, so that it is not in the history. */
export function curlOf({ document, operation, method, path, origin }: CurlOptions): string {
  const base = document.servers?.[0]?.url ?? origin;
  const lines = [
    `curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} '${base}${fill(path, document, operation)}'`,
  ];
  if (operation.security !== undefined) lines.push(`-H "Authorization: Bearer $ADMIN_KEY"`);
  const [content] = Object.entries(operation.requestBody?.content ?? {});
  if (content !== undefined) {
    const [type, { schema = {} }] = content;
    lines.push(`-H 'Content-Type: ${type}'`, `-d ${quote(JSON.stringify(exampleOf(schema, { document })))}`);
  }
  return lines.join(' \\\n  ');
}

/** The path with examples in place of its parameters, and the required part of the query. */
function fill(path: string, document: OpenApi, operation: Operation): string {
  const value = (name: string) => {
    const found = operation.parameters.find((parameter) => parameter.name === name);
    return encodeURIComponent(String(exampleOf(found?.schema ?? {}, { document, name })));
  };
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => value(name));
  const query = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  if (query.length === 0) return filled;
  return `${filled}?${query.map(({ name }) => `${name}=${value(name)}`).join('&')}`;
}

/** A string as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
