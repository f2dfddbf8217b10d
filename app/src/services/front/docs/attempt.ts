import type { RawAnswer, RawRequest } from '../calls/service-client.ts';
import { exampleOf } from './example.ts';
import type { Endpoint, Operation } from './openapi.ts';

/** What a form holds, by field. */
export type Typed = Readonly<Record<string, string>>;

/** What somebody tried on the page of the API, and what came of it. */
export interface Attempt {
  readonly endpoint: Endpoint;
  readonly typed: Typed;
  /** @default - there is none, as `problem` says */
  readonly answer?: RawAnswer;
  readonly problem?: string;
}

export function fieldOf({ in: place, name }: Operation['parameters'][number]): string {
  return `${place}.${name}`;
}

/** What a form holds before anybody has typed: all that a request needs. */
export function examplesOf({ document, operation, body }: Endpoint): Typed {
  const required = operation.parameters.filter((parameter) => parameter.required);
  const fields = required.map((parameter) => {
    const { name, schema = {} } = parameter;
    return [fieldOf(parameter), String(exampleOf(schema, { document, name }))];
  });
  const json = body && JSON.stringify(exampleOf(body.schema, { document }), null, 2);
  return { ...Object.fromEntries(fields), ...(json !== undefined && { body: json }) };
}

/**
 * The request that a form describes, as it was typed and not as it should be.
 * @param key empty where there is none
 */
export function requestOf({ method, path, operation, body }: Endpoint, typed: Typed, key: string): RawRequest {
  const of = (place: string) =>
    operation.parameters.flatMap((parameter) => {
      const value = typed[fieldOf(parameter)] ?? '';
      return parameter.in === place && value !== '' ? [[parameter.name, value] as const] : [];
    });
  const query = new URLSearchParams(of('query').map(([name, value]) => [name, value]));
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(typed[`path.${name}`] ?? ''));
  const headers = Object.fromEntries([
    ['accept', 'application/json'],
    ...of('header').map(([name, value]) => [name.toLowerCase(), value] as const),
    ...(key === '' ? [] : [['authorization', `Bearer ${key}`] as const]),
    ...(body === undefined ? [] : [['content-type', body.type] as const]),
  ]);
  return {
    method: method.toUpperCase(),
    path: query.size === 0 ? filled : `${filled}?${query}`,
    headers,
    body: body === undefined ? null : (typed['body'] ?? ''),
  };
}

/** What a header can hold: anything else would look like a broken connection. */
const HEADER_VALUE = /^[\x20-\x7e]*$/;
/** What an address cannot hold: it would lead to another endpoint. */
const STEP = /^\.\.?$/;

/** Whether headers and address can hold what was typed. */
export function isSendable({ headers }: RawRequest, typed: Typed): boolean {
  const isStep = Object.entries(typed).some(([field, value]) => field.startsWith('path.') && STEP.test(value));
  return !isStep && Object.values(headers).every((value) => HEADER_VALUE.test(value));
}

/**
 * The same request as a command that can be pasted into a shell; the admin key stands in a variable, so that it is not in the history.
 * @param origin used where the document names no server
 */
export function curlOf(endpoint: Endpoint, origin: string): string {
  const { document, operation, body } = endpoint;
  const { method, path, ...request } = requestOf(endpoint, examplesOf(endpoint), '');
  const lines = [`curl${method === 'GET' ? '' : ` -X ${method}`} '${document.servers?.[0]?.url ?? origin}${path}'`];
  if (operation.security !== undefined) lines.push(`-H "Authorization: Bearer $ADMIN_KEY"`);
  if (body !== undefined) {
    const json = JSON.stringify(JSON.parse(request.body ?? ''));
    lines.push(`-H 'Content-Type: ${body.type}'`, `-d '${json.replaceAll("'", "'\\''")}'`);
  }
  return lines.join(' \\\n  ');
}
