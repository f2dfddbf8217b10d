import { type ContenderName, startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { wrk } from './lab/wrk.ts';

/** Start and memory of one contender: medians over the starts. */
export interface Footprint {
  readonly label: ContenderName;
  readonly readyMs: number;
  /** After two quiet seconds, in MiB. */
  readonly idleMiB: number;
  /** At the end of three seconds of full load, in MiB. */
  readonly loadedMiB: number;
}

/** Starts each contender several times on a warm disk. */
export async function footprints(redisUrl: string, starts: number): Promise<Footprint[]> {
  await loadStore(redisUrl, 10_000, ['ours', 'peers']);
  const names: readonly ContenderName[] = ['ours', 'search', 'front', 'fastify', 'flask'];
  const samples = new Map(names.map((name) => [name, [] as Omit<Footprint, 'label'>[]]));
  for (let round = 0; round < starts; round += 1) {
    for (const name of names) samples.get(name)?.push(await sample(name, redisUrl));
  }
  return names.map((label) => {
    const of = (pick: (footprint: Omit<Footprint, 'label'>) => number) => median((samples.get(label) ?? []).map(pick));
    return {
      label,
      readyMs: of(({ readyMs }) => readyMs),
      idleMiB: of(({ idleMiB }) => idleMiB),
      loadedMiB: of(({ loadedMiB }) => loadedMiB),
    };
  });
}

/** The front starts whether its services are there or not. */
const NOWHERE = { USERS_URL: 'http://127.0.0.1:9', QUOTES_URL: 'http://127.0.0.1:9', SEARCH_URL: 'http://127.0.0.1:9' };

async function sample(name: ContenderName, redisUrl: string): Promise<Omit<Footprint, 'label'>> {
  const contender = await startContender(name, redisUrl, name === 'front' ? NOWHERE : {});
  try {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const idleMiB = contender.residentMiB();
    const path = name === 'search' ? '/search?keyword=amour' : name === 'front' ? '/health' : '/quotes/q0000001';
    await wrk({ url: `${contender.url}${path}`, connections: 50, seconds: 2 });
    return { readyMs: contender.readyMs, idleMiB, loadedMiB: contender.residentMiB() };
  } finally {
    await contender.stop();
  }
}
