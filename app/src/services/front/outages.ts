import { RefusedError, ServiceDownError } from './calls/policies.ts';
import type { NoticeText } from './layout.tsx';
import { PageProblem, type View } from './view.ts';

/** Seconds after which trying again makes sense: the circuit of a silent service has then been tested once. */
export const RETRY_AFTER_S = 5;

/**
 * The notice for a service that is down.
 * @throws PageProblem 400 for what the service refused, and any other error unchanged
 */
export function outageNotice(error: unknown, { t }: View): NoticeText {
  if (error instanceof RefusedError) throw new PageProblem(400, { detail: refusalOf(error, t), cause: error });
  if (!(error instanceof ServiceDownError)) throw error;
  return { kind: 'bad', text: t.outage.text(error.service, error.failure), advice: t.outage.advice };
}

function refusalOf({ status, detail, problems }: RefusedError, t: View['t']): string {
  const reasons = problems.map(({ field, message }) => `${field}: ${t.fault(message)}`.replace(/^: /, ''));
  return reasons.length === 0 ? t.refusal(status, detail) : t.outage.refused(reasons.join('; '));
}

/** A value, or the notice in its place when its service is down. */
export async function orNotice<T>(value: Promise<T>, view: View): Promise<T | NoticeText> {
  try {
    return await value;
  } catch (error) {
    return outageNotice(error, view);
  }
}

export function isNotice(value: unknown): value is NoticeText {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
