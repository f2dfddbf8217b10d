import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle } from '../app/image/bundle.ts';
import { ADMIN_KEY, BUNDLE, type Contender, startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { type Outgoing, openLoop, quantile } from './lab/open-loop.ts';
import { startRedis } from './lab/redis.ts';
import { table } from './report.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '20' }, rate: { type: 'string', default: '300' } },
});
const SLICES = 10;
/** Growth of the second half over the first that is still called flat: the collector's own swing. */
const FLAT_SHARE = 1.15;

interface Slice {
  readonly residentMiB: number;
  readonly handles: number;
  readonly p99Ms: number;
  readonly failed: number;
}

/** Nine reads, listings and random ones, to one write that the next but one request deletes again. */
function outgoing(url: string, slice: number, index: number): Outgoing {
  const id = `soak-${slice}-${index - (index % 10)}`;
  const headers = { 'content-type': 'application/json', authorization: ADMIN_KEY };
  const body = JSON.stringify({ id, text: `Parole ${index}, encore et encore`, author: 'Anonyme' });
  if (index % 10 === 0) return { method: 'POST', url: `${url}/quotes`, headers, body };
  if (index % 10 === 9) return { method: 'DELETE', url: `${url}/quotes/${id}`, headers };
  if (index % 10 === 5) return { method: 'GET', url: `${url}/quotes?limit=50` };
  return { method: 'GET', url: `${url}/quotes/q${String((index * 7_919) % 10_000).padStart(7, '0')}` };
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
    failed: arrivals.filter(({ status }) => status >= 500 || status === 0).length,
  };
}

/** `npm run soak [-- --minutes 4]`: mixed load on one instance; fails where memory or handles keep growing, or a request failed. */
async function main(): Promise<void> {
  await bundle(BUNDLE);
  const redis = await startRedis();
  await loadStore(redis.url, 10_000, ['ours']);
  const quotes = await startContender('ours', redis.url, { DRAIN_SECONDS: '0' });
  const slices: Slice[] = [];
  try {
    for (let slice = 0; slice < SLICES; slice += 1) {
      slices.push(await soakSlice(quotes, slice, (60 * Number(values.minutes)) / SLICES));
    }
  } finally {
    await quotes.stop();
    await redis.stop();
  }
  const rows = slices.map(({ residentMiB, handles, p99Ms, failed }, index) => [
    `${index + 1} of ${SLICES}`,
    residentMiB.toFixed(0),
    String(handles),
    p99Ms.toFixed(1),
    String(failed),
  ]);
  console.log(table(['', 'resident MiB', 'handles', 'P99 ms', 'failed'], rows));
  // The first slice warms up.
  const [early, late] = [slices.slice(1, SLICES / 2), slices.slice(SLICES / 2)];
  const growth = (pick: (slice: Slice) => number) => median(late.map(pick)) / median(early.map(pick));
  const memory = growth(({ residentMiB }) => residentMiB);
  const handles = growth(({ handles: count }) => count);
  console.log(`second half / first half: memory ${memory.toFixed(2)}, handles ${handles.toFixed(2)}`);
  const failed = slices.reduce((sum, slice) => sum + slice.failed, 0);
  if (memory > FLAT_SHARE || handles > FLAT_SHARE || failed > 0) process.exitCode = 1;
}

await main();
