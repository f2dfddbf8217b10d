/** What a caller may choose as id of a request: short and harmless in a log line. */
const ACCEPTABLE = /^[\w.:-]{1,64}$/;

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** The caller's id where it is acceptable, else the trace id: one name fewer to search a log by. */
export function requestIdOf(header: string | string[] | undefined, traceId: string): string {
  return typeof header === 'string' && ACCEPTABLE.test(header) ? header : traceId;
}
