import { STATUS_CODES } from 'node:http';
import * as z from 'zod';

/** One thing that is wrong with a request: where (a JSON pointer, a parameter) and what. */
const Fault = z.object({ in: z.enum(['body', 'query', 'path', 'header']), name: z.string(), message: z.string() });
export type Fault = Readonly<z.output<typeof Fault>>;

/** The members of RFC 9457, and the request id by which the log line is found. */
export const ProblemSchema = z.object({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  errors: z.array(Fault).optional(),
  requestId: z.string(),
});

export interface ProblemOptions {
  /** For the person who reads it: what was given and what to do. */
  readonly detail?: string;
  /** Every fault of the request at once. */
  readonly errors?: readonly Fault[];
  /** Response headers, such as `Retry-After` or `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log only, never for the client. */
  readonly cause?: unknown;
}

/** An error that a client may see, as RFC 9457 problem details. Anything else that is thrown becomes a bare 500. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors: readonly Fault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, options: ProblemOptions = {}) {
    super(options.detail ?? STATUS_CODES[status] ?? `status ${status}`, { cause: options.cause });
    this.name = 'HttpProblem';
    this.status = status;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The document of a problem; the type is about:blank, for the status says all that a program needs. */
export function problemDocument(problem: HttpProblem, requestId: string): z.output<typeof ProblemSchema> {
  return {
    type: 'about:blank',
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    ...(problem.detail !== undefined && { detail: problem.detail }),
    ...(problem.errors.length > 0 && { errors: [...problem.errors] }),
    requestId,
  };
}

/** A 503 that tells the client when to come back. */
export function unavailable(detail: string, retryAfterSeconds: number, cause?: unknown): HttpProblem {
  return new HttpProblem(503, { detail, cause, headers: { 'Retry-After': String(retryAfterSeconds) } });
}
