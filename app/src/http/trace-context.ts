import { randomHex } from '../runtime/random-id.ts';

/** A place in a W3C trace: the trace, this process's span in it, and whether the caller records it. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly sampled: boolean;
  readonly state: string | undefined;
}

/** Only versions after 00 may carry more than these four fields. */
const TRACEPARENT = /^(?!ff|00.{53}-)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
/** Longest `tracestate` that is carried on: the specification asks for 512 characters. */
const MAX_STATE = 512;

/** Continues the caller's trace, or starts one where the header is missing or malformed (which the specification treats alike). */
export function readTraceContext(traceparent: string | undefined, tracestate: string | undefined): TraceContext {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (match?.[1] === undefined) {
    const ids = randomHex(24);
    return {
      traceId: ids.slice(0, 32),
      spanId: ids.slice(32),
      parentSpanId: undefined,
      sampled: true,
      state: undefined,
    };
  }
  const sampled = (Number.parseInt(match[3] ?? '0', 16) & 1) === 1;
  const state = tracestate !== undefined && tracestate.length <= MAX_STATE ? tracestate : undefined;
  return { traceId: match[1], spanId: randomHex(8), parentSpanId: match[2], sampled, state };
}

/** The headers for a call that this request makes. */
export function traceHeaders(trace: TraceContext): Record<string, string> {
  const traceparent = `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
  return trace.state === undefined ? { traceparent } : { traceparent, tracestate: trace.state };
}

/** What a caller may choose as id of a request: short and harmless in a log line. */
const ACCEPTABLE = /^[\w.:-]{1,64}$/;

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** The caller's id where it is acceptable, else the trace id: one name fewer to search a log by. */
export function requestIdOf(header: string | string[] | undefined, traceId: string): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : traceId;
}
