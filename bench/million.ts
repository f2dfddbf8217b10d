import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startContender } from './contenders.ts';
import { pinned, SERVER_CORE } from './lab/cores.ts';
import { unlikeSearches } from './lab/corpus.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { openLoop, quantile } from './lab/open-loop.ts';
import { peakMiB } from './lab/process-use.ts';
import type { QueryTimes } from './lab/query-times.ts';
import { wrk } from './lab/wrk.ts';
import { searchScript } from './workloads.ts';

/** What a million quotes cost. */
export interface Million {
  /** Pages of 50 a second: from the start of the listing and from its end. */
  readonly firstPages: number;
  readonly lastPages: number;
  /** From the start of the process until the index is complete. */
  readonly searchReadyMs: number;
  /** Resident memory: the most while the index was built, and at the end of the load. */
  readonly searchPeakMiB: number;
  readonly searchMiB: number;
  /** Of single queries at a hundred a second, as the client sees them. */
  readonly searchP99Ms: number;
  readonly searchesPerSecond: number;
  /** Of the query itself, without HTTP and Redis. */
  readonly query: QueryTimes;
}

const COUNT = 1_000_000;

/** Loads a million quotes and asks for pages and searches. */
export async function million(redisUrl: string, rounds: number): Promise<Million> {
  await loadStore(redisUrl, COUNT, ['ours']);
  return { ...(await pages(redisUrl, rounds)), ...(await search(redisUrl)), query: await queryTimes() };
}

async function pages(redisUrl: string, rounds: number): Promise<Pick<Million, 'firstPages' | 'lastPages'>> {
  const quotes = await startContender('ours', { redisUrl });
  try {
    const last = Buffer.from(`q${String(COUNT - 60).padStart(7, '0')}`).toString('base64url');
    const [first, end]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      first.push((await wrk({ url: `${quotes.url}/quotes`, connections: 50, seconds: 3 })).perSecond);
      end.push((await wrk({ url: `${quotes.url}/quotes?cursor=${last}`, connections: 50, seconds: 3 })).perSecond);
    }
    return { firstPages: median(first), lastPages: median(end) };
  } finally {
    await quotes.stop();
  }
}

type Searches = Omit<Million, 'firstPages' | 'lastPages' | 'query'>;

async function search(redisUrl: string): Promise<Searches> {
  const contender = await startContender('search', { redisUrl });
  try {
    const searchPeakMiB = peakMiB(contender.pid);
    const wanted = unlikeSearches(5_000);
    const keywords = wanted.map(encodeURIComponent);
    const url = (index: number) => `${contender.url}/search?limit=20&keyword=${keywords[index % keywords.length]}`;
    const next = (index: number) => ({ method: 'GET', url: url(index) }) as const;
    await openLoop({ rate: 100, seconds: 5, next });
    const arrivals = await openLoop({ rate: 100, seconds: 10, next });
    const script = searchScript('/search?limit=20&keyword=', wanted);
    const full = await wrk({ url: contender.url, script, connections: 50, seconds: 3 });
    return {
      searchReadyMs: contender.readyMs,
      searchPeakMiB,
      searchMiB: contender.residentMiB(),
      searchP99Ms: quantile(arrivals, 0.99),
      searchesPerSecond: full.perSecond,
    };
  } finally {
    await contender.stop();
  }
}

/** In a process of its own: the benchmark's would be measured with all that it holds. */
async function queryTimes(): Promise<QueryTimes> {
  const program = fileURLToPath(new URL('./lab/query-times.ts', import.meta.url));
  const [command, args] = pinned(SERVER_CORE, [process.execPath, '--import', 'tsx', program, String(COUNT)]);
  const { stdout } = await promisify(execFile)(command, [...args]);
  return JSON.parse(stdout) as QueryTimes;
}
