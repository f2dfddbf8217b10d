import { type Arrival, type Outgoing, openLoop } from '../../bench/lab/open-loop.ts';
import { PROCESS_ADMIN_KEY } from '../../test/service-process.ts';

export interface LoadProps {
  readonly url: string;
  readonly rate: number;
  readonly seconds: number;
  /** Distinguishes the ids of one load from those of another. */
  readonly name: string;
}

/** What a load of half reads, half writes saw. */
export interface Outcome {
  readonly arrivals: readonly Arrival[];
  /** Ids whose write was acknowledged with 201. */
  readonly acknowledged: readonly string[];
  /** How often each status came; 0 is a connection that failed. */
  readonly statuses: Readonly<Record<number, number>>;
}

/** Odd requests write a quote of their own, even ones read a listing page or what was written some time before. */
export async function mixedLoad({ url, rate, seconds, name }: LoadProps): Promise<Outcome> {
  const arrivals = await openLoop({ rate, seconds, next: (index) => outgoing(url, name, index) });
  const acknowledged = arrivals.filter(({ status }) => status === 201).map(({ index }) => idOf(name, index));
  return { arrivals, acknowledged, statuses: countStatuses(arrivals) };
}

/** How often each status came. */
export function countStatuses(arrivals: readonly Arrival[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of arrivals) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Acknowledged writes that cannot be read any more. */
export async function lost(url: string, acknowledged: readonly string[]): Promise<string[]> {
  const answers = await openLoop({
    rate: 1_500,
    seconds: acknowledged.length / 1_500,
    next: (index) => ({ method: 'GET', url: `${url}/quotes/${acknowledged[index]}` }),
  });
  return answers.filter(({ status }) => status !== 200).map(({ index }) => acknowledged[index] ?? '');
}

function outgoing(url: string, name: string, index: number): Outgoing {
  if (index % 2 === 0)
    return { method: 'GET', url: index % 200 === 0 ? `${url}/quotes?limit=50` : `${url}/quotes/random` };
  const body = JSON.stringify({ id: idOf(name, index), text: `Parole ${index}, sous la charge`, author: 'Anonyme' });
  const headers = { 'content-type': 'application/json', authorization: PROCESS_ADMIN_KEY };
  return { method: 'POST', url: `${url}/quotes`, headers, body };
}

function idOf(name: string, index: number): string {
  return `${name}-${index}`;
}
