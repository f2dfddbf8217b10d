import { HttpProblem } from '../../http/problem.ts';
import type { HttpContext } from '../../http/route.ts';
import { RefusedError, ServiceDownError } from './calls/call-error.ts';
import type { NoticeText } from './components/notice.tsx';

/** Seconds after which trying again makes sense: the circuit of a silent service has then been tested once. */
export const RETRY_AFTER_S = 5;

/**
 * The notice for a service that is down.
 * @throws HttpProblem 400 for what the service refused, and any other error unchanged
 */
export function outageNotice(error: unknown): NoticeText {
  if (error instanceof RefusedError) throw new HttpProblem(400, { detail: refusalOf(error), cause: error });
  if (!(error instanceof ServiceDownError)) throw error;
  return {
    kind: 'bad',
    text: `The ${error.service} service ${error.reason}.`,
    advice: 'It is watched and comes back by itself; try again in a few seconds.',
  };
}

/** The service's words for a person: its reasons where it gave some. */
function refusalOf({ detail, problems }: RefusedError): string {
  const reasons = problems.map(({ field, message }) => `${field}: ${message}`.replace(/^: /, ''));
  return reasons.length === 0 ? detail : `The service does not take this: ${reasons.join('; ')}.`;
}

/** Marks the answer as one that a client should ask for again. */
export function askAgain(ctx: HttpContext): void {
  ctx.set('Retry-After', String(RETRY_AFTER_S));
}

/** A value, or the notice in its place when its service is down. */
export async function orNotice<T>(value: Promise<T>): Promise<T | NoticeText> {
  try {
    return await value;
  } catch (error) {
    return outageNotice(error);
  }
}

export function isNotice(value: unknown): value is NoticeText {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
