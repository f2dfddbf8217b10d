import type { ZodType } from 'zod';
import { type Fault, HttpProblem } from './problem.ts';

/** One part of a request and the schema that it must fit. */
export interface Part {
  readonly in: Fault['in'];
  readonly schema: ZodType;
  readonly value: unknown;
}

/** Most faults that one answer lists: a hostile body must not choose the size of our answer. */
const MAX_FAULTS = 20;
const MAX_NAME = 100;

/**
 * Checks all parts of a request and returns their parsed values, in the same order.
 * @throws HttpProblem 400 that lists every fault of every part
 */
export function validate(parts: readonly Part[]): unknown[] {
  const results = parts.map((part) => ({ part, result: part.schema.safeParse(part.value) }));
  const faults = results.flatMap(({ part, result }) => (result.success ? [] : faultsOf(part, result.error.issues)));
  if (faults.length > 0) {
    throw new HttpProblem(400, {
      detail: 'The request is not valid; see errors.',
      errors: faults.slice(0, MAX_FAULTS),
    });
  }
  return results.map(({ result }) => result.data);
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function faultsOf(part: Part, issues: readonly Issue[]): Fault[] {
  return issues.map(({ path, message }) => ({
    in: part.in,
    name: nameOf(part, path).slice(0, MAX_NAME),
    message: message.slice(0, 2 * MAX_NAME),
  }));
}

/** A JSON pointer into a body; the bare name of a parameter. */
function nameOf(part: Part, path: readonly PropertyKey[]): string {
  return part.in === 'body' ? `/${path.map(String).join('/')}` : path.map(String).join('.');
}
