import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from '../app/image/bundle.ts';
import { ADMIN_KEY, BUNDLE, type Contender, startContender } from './contenders.ts';
import { faultyClients } from './lab/client-faults.ts';
import { corpus } from './lab/corpus.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { type Outgoing, openLoop, quantile } from './lab/open-loop.ts';
import { startRedis } from './lab/redis.ts';
import { table } from './report.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rate: { type: 'string', default: '300' },
    faults: { type: 'string', default: '20' },
  },
});
const SLICES = 10;
const QUOTES = 10_000;
/** Growth of the second half over the first that is still called flat: the collector's own swing. */
const FLAT_SHARE = 1.15;

interface Slice {
  readonly residentMiB: number;
  readonly handles: number;
  readonly p99Ms: number;
  /** The event loop's own, from the service's metrics. */
  readonly loopP99Ms: number;
  readonly failed: number;
  readonly wrong: number;
}

const TEXTS = new Map([...corpus(QUOTES)].map(({ id, text }) => [id, text]));

/** Nine reads, listings and random ones, to one write that the next but one request deletes again. */
function outgoing(base: string, slice: number, index: number): Outgoing {
  const id = `soak-${slice}-${index - (index % 10)}`;
  const headers = { 'content-type': 'application/json', authorization: ADMIN_KEY };
  const body = JSON.stringify({ id, text: `Parole ${index}, encore et encore`, author: 'Anonyme' });
  const url = (path: string) => `${base}/quotes${path}`;
  if (index % 10 === 0) return { method: 'POST', url: url(''), headers, body, isRight: (status) => status === 201 };
  // A server that was held up may take the deletion first.
  if (index % 10 === 9) {
    return { method: 'DELETE', url: url(`/${id}`), headers, isRight: (status) => status === 204 || status === 404 };
  }
  if (index % 10 === 5) {
    return {
      method: 'GET',
      url: url('?limit=50'),
      isRight: (status, page) => status === 200 && JSON.parse(page).items.length === 50,
    };
  }
  const read = `q${String((index * 7_919) % QUOTES).padStart(7, '0')}`;
  return {
    method: 'GET',
    url: url(`/${read}`),
    isRight: (status, quote) => status === 200 && JSON.parse(quote).text === TEXTS.get(read),
  };
}

/** Reads it and begins anew: each slice has a figure of its own. */
async function loopP99Ms(adminUrl: string): Promise<number> {
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
  return 1_000 * Number(/^nodejs_eventloop_lag_p99_seconds\S* (\S+)/m.exec(metrics)?.[1]);
}

async function soakSlice(quotes: Contender, slice: number, seconds: number): Promise<Slice> {
  const arrivals = await openLoop({
    rate: Number(values.rate),
    seconds,
    next: (index) => outgoing(quotes.url, slice, index),
  });
  return {
    residentMiB: quotes.residentMiB(),
    handles: readdirSync(`/proc/${quotes.pid}/fd`).length,
    p99Ms: quantile(arrivals, 0.99),
    loopP99Ms: await loopP99Ms(quotes.adminUrl),
    failed: arrivals.filter(({ status }) => status >= 500 || status === 0).length,
    wrong: arrivals.filter(({ status, wrong }) => wrong && status < 500).length,
  };
}

/** `npm run soak [-- --minutes 120 --rate 100 --faults 20]`: mixed load on one instance beside clients that do wrong; fails where memory or
 * handles keep growing, a request failed or an answer was wrong. */
async function main(): Promise<void> {
  await bundle(BUNDLE);
  const redis = await startRedis();
  await loadStore(redis.url, QUOTES, ['ours']);
  const quotes = await startContender('ours', { redisUrl: redis.url, env: { DRAIN_SECONDS: '0' } });
  const faulty = faultyClients(Number(new URL(quotes.url).port), Number(values.faults));
  const slices: Slice[] = [];
  try {
    while (slices.length < SLICES) {
      const slice = await soakSlice(quotes, slices.length, (60 * Number(values.minutes)) / SLICES);
      slices.push(slice);
      console.error(`${slices.length} of ${SLICES}: ${JSON.stringify(slice)}`);
    }
  } finally {
    console.log(`${faulty.stop()} clients did wrong`);
    await quotes.stop();
    await redis.stop();
  }
  report(slices);
}

function report(slices: readonly Slice[]): void {
  const rows = slices.map(({ residentMiB, handles, p99Ms, loopP99Ms, failed, wrong }, index) => [
    `${index + 1} of ${SLICES}`,
    residentMiB.toFixed(0),
    String(handles),
    p99Ms.toFixed(1),
    loopP99Ms.toFixed(1),
    String(failed),
    String(wrong),
  ]);
  console.log(table(['', 'resident MiB', 'handles', 'P99 ms', 'event loop P99 ms', 'failed', 'wrong'], rows));
  // The first slice warms up.
  const [early, late] = [slices.slice(1, SLICES / 2), slices.slice(SLICES / 2)];
  const growth = (pick: (slice: Slice) => number) => median(late.map(pick)) / median(early.map(pick));
  const memory = growth(({ residentMiB }) => residentMiB);
  const handles = growth(({ handles: count }) => count);
  console.log(`second half / first half: memory ${memory.toFixed(2)}, handles ${handles.toFixed(2)}`);
  const bad = slices.reduce((sum, { failed, wrong }) => sum + failed + wrong, 0);
  if (memory > FLAT_SHARE || handles > FLAT_SHARE || bad > 0) process.exitCode = 1;
}

await main();
