import type * as z from 'zod';
import { type Fault, HttpProblem } from './problem.ts';
import type { Route, RouteInput } from './route.ts';

/** What a route expects of the parts of a request. */
export type Schemas = Pick<Route, 'params' | 'query' | 'body'>;

/** One part of a request and the schema that it must fit. */
interface Part {
  readonly in: Fault['in'];
  readonly schema: z.ZodType | undefined;
  readonly value: unknown;
}

/** Most faults that one answer lists: a hostile body must not choose the size of our answer. */
const MAX_FAULTS = 20;
const MAX_NAME = 100;

/**
 * Checks the parts of a request that a route has schemas for, and returns them parsed.
 * @throws HttpProblem 400 that lists every fault of every part
 */
export function validate(
  schemas: Schemas,
  given: { readonly params?: unknown; readonly query?: unknown; readonly body?: unknown },
): RouteInput<unknown, unknown, unknown> {
  const params = schemas.params?.safeParse(given.params);
  const query = schemas.query?.safeParse(given.query);
  const body = schemas.body?.safeParse(given.body);
  if (params?.success !== false && query?.success !== false && body?.success !== false) {
    return { params: params?.data, query: query?.data, body: body?.data };
  }
  const parts: Part[] = [
    { in: 'path', schema: schemas.params, value: given.params },
    { in: 'query', schema: schemas.query, value: given.query },
    { in: 'body', schema: schemas.body, value: given.body },
  ];
  throw new HttpProblem(400, {
    detail: 'The request is not valid; see errors.',
    errors: parts.flatMap(faultsOf).slice(0, MAX_FAULTS),
  });
}

/** Checked once more for the words: to ask for them costs a valid request as much as the check itself. */
function faultsOf(part: Part): Fault[] {
  const result = part.schema?.safeParse(part.value, { error: inOurWords });
  return (result?.error?.issues ?? []).flatMap(oneFieldEach).map(({ path, message }) => ({
    in: part.in,
    name: nameOf(part, path).slice(0, MAX_NAME),
    message: message.slice(0, 2 * MAX_NAME),
  }));
}

/** Unknown fields come as one issue of their object; whoever reads them looks for the field. */
function oneFieldEach(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'>[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }));
}

/** A JSON pointer (RFC 6901) into a body; the bare name of a parameter. */
function nameOf(part: Part, path: readonly PropertyKey[]): string {
  if (part.in !== 'body') return path.map(String).join('.');
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What is wrong with a value, for people too: the front shows it beside the field. Other faults keep zod's own words, or the schema's. */
function inOurWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${withArticle(String(issue.expected))}`;
    case 'too_small':
      if (issue.origin !== 'string') return undefined;
      return issue.minimum === 1 ? 'must not be empty' : `must have at least ${issue.minimum} characters`;
    case 'too_big':
      return issue.origin === 'string' ? `must have at most ${issue.maximum} characters` : undefined;
    default:
      return undefined;
  }
}

function withArticle(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}
