import { Agent, request } from 'node:http';

export interface Arrivals {
  /** Requests a second, sent on schedule whatever the answers do. */
  readonly rate: number;
  readonly seconds: number;
  /** The request that is sent as the nth. */
  readonly next: (index: number) => Outgoing;
  /** Most sockets at once. @default 256 */
  readonly sockets?: number;
}

export interface Outgoing {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether this is the right answer. @default - every answer is, its body is not kept */
  readonly isRight?: (status: number, body: string) => boolean;
}

/** How one request ended. */
export interface Arrival {
  readonly index: number;
  /** HTTP status, or 0 where the connection failed. */
  readonly status: number;
  /** Why it failed: the system's code, such as ECONNRESET. */
  readonly error?: string;
  /** The answer was not the one that the request asked for. */
  readonly wrong?: boolean;
  /** From the moment it was due, not from the moment it could be sent: a stall counts for everybody who waited behind it. */
  readonly latencyMs: number;
}

/** Sends requests at a fixed rate (an open loop) and waits for every answer. */
export async function openLoop({ rate, seconds, next, sockets = 256 }: Arrivals): Promise<Arrival[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  const begin = performance.now();
  const total = Math.round(rate * seconds);
  const pending: Promise<Arrival>[] = [];
  while (pending.length < total) {
    const due = Math.min(total, Math.floor(((performance.now() - begin) / 1_000) * rate) + 1);
    while (pending.length < due) pending.push(send(agent, next(pending.length), pending.length, begin, rate));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const arrivals = await Promise.all(pending);
  agent.destroy();
  return arrivals;
}

function send(agent: Agent, outgoing: Outgoing, index: number, begin: number, rate: number): Promise<Arrival> {
  const intended = begin + (index / rate) * 1_000;
  return new Promise((resolve) => {
    const done = (status: number, wrong = false) =>
      resolve({ index, status, wrong, latencyMs: performance.now() - intended });
    const fail = (error: NodeJS.ErrnoException) =>
      resolve({ index, status: 0, error: error.code ?? error.message, latencyMs: performance.now() - intended });
    const { url, method, headers, body, isRight } = outgoing;
    const sent = request(url, { agent, method, headers: { ...headers } }, (response) => {
      let text = '';
      if (isRight === undefined) response.resume();
      else response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('end', () => done(response.statusCode ?? 0, isRight?.(response.statusCode ?? 0, text) === false));
      response.once('error', fail);
    });
    sent.once('error', fail);
    sent.end(body);
  });
}

/** The value below which `share` (0 to 1) of the latencies are. */
export function quantile(arrivals: readonly Arrival[], share: number): number {
  const sorted = arrivals.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
