import { setTimeout as pause } from 'node:timers/promises';
import { urlsOf } from '../test/run-app.ts';
import { type Contender, type ContenderName, startContender } from './contenders.ts';
import { type ImageRuntime, imageRuntime } from './lab/bundles.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { ownMiB } from './lab/process-use.ts';
import { wrk } from './lab/wrk.ts';

/** Start and memory of one contender: medians over the starts. */
export interface Footprint {
  readonly label: ContenderName;
  readonly readyMs: number;
  /** When nothing has happened for a while, in MiB. */
  readonly idleMiB: number;
  /** The part of it that no other process shares: without the pages of Node's own program, which a node's pods have once. */
  readonly ownMiB: number;
  /** At the end of two seconds of full load, in MiB. */
  readonly loadedMiB: number;
}

type Sample = Omit<Footprint, 'label'>;

const CONTENDERS: readonly ContenderName[] = ['ours', 'users', 'search', 'front', 'fastify', 'flask'];

/** V8 collects what a start leaves behind only when a process has been quiet for some time: measured, within 25 s. */
const IDLE_AFTER_MS = 30_000;

/** Starts each contender several times on a warm disk, by the image's Node. */
export async function footprints(redisUrl: string, starts: number): Promise<Footprint[]> {
  await loadStore(redisUrl, 10_000, ['ours', 'peers']);
  const runtime = await imageRuntime();
  const rounds: Sample[][] = [];
  for (let round = 0; round < starts; round += 1) rounds.push(await startAll(redisUrl, runtime));
  return CONTENDERS.map((label, index) => {
    const of = (pick: (sample: Sample) => number) => median(rounds.flatMap((round) => round[index] ?? []).map(pick));
    return {
      label,
      readyMs: of(({ readyMs }) => readyMs),
      idleMiB: of(({ idleMiB }) => idleMiB),
      ownMiB: of(({ ownMiB }) => ownMiB),
      loadedMiB: of(({ loadedMiB }) => loadedMiB),
    };
  });
}

/** The front starts whether its services are there or not. */
const NOWHERE = urlsOf('front');

/** One start after the other; then all idle at once, and each has its load in turn. */
async function startAll(redisUrl: string, { node, env }: ImageRuntime): Promise<Sample[]> {
  const started: Contender[] = [];
  try {
    for (const name of CONTENDERS) {
      const own = name === 'fastify' || name === 'flask' ? {} : env;
      started.push(await startContender(name, { redisUrl, env: { ...own, ...(name === 'front' && NOWHERE) }, node }));
    }
    await pause(IDLE_AFTER_MS);
    const idle = started.map((one) => ({ idleMiB: one.residentMiB(), ownMiB: ownMiB(one.pid) }));
    const samples: Sample[] = [];
    for (const [index, contender] of started.entries()) {
      await wrk({ url: `${contender.url}${pathFor(CONTENDERS[index])}`, connections: 50, seconds: 2 });
      const loadedMiB = contender.residentMiB();
      const { idleMiB = Number.NaN, ownMiB = Number.NaN } = idle[index] ?? {};
      samples.push({ readyMs: contender.readyMs, idleMiB, ownMiB, loadedMiB });
    }
    return samples;
  } finally {
    await Promise.all(started.map((contender) => contender.stop()));
  }
}

function pathFor(name: ContenderName | undefined): string {
  if (name === 'search') return '/search?keyword=amour';
  return name === 'front' || name === 'users' ? '/health' : '/quotes/q0000001';
}
