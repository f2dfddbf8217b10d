import { setTimeout as pause } from 'node:timers/promises';
import { type Contender, type ContenderName, startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import type { BenchRedis } from './lab/redis.ts';
import { type FullLoad, wrk } from './lab/wrk.ts';
import type { Entry, Workload } from './workloads.ts';

export interface Rounds {
  /** Interleaved: every contender has its turn in every round, so that a slow minute of the machine is everybody's. */
  readonly rounds: number;
  readonly seconds: number;
}

/** What one entry of a workload reached: medians over the rounds. */
export interface Standing {
  readonly label: string;
  readonly perSecond: number;
  /** Requests for each second of CPU that the server used: what carries over from a machine that others load too. */
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Sum over all rounds; anything but 0 makes the row worthless. */
  readonly errors: number;
}

/** Measures one workload at full load. */
export async function measure(workload: Workload, redis: BenchRedis, rounds: Rounds): Promise<Standing[]> {
  await loadStore(redis.url, workload.quotes, ['ours', 'peers']);
  const stopReplicas = await redis.follow(workload.replicas ?? 0);
  const contenders = await startAll(workload, redis.url);
  try {
    await runRound(workload, contenders, 1);
    const results: Sample[][] = [];
    for (let round = 0; round < rounds.rounds; round += 1) {
      results.push(await runRound(workload, contenders, rounds.seconds));
    }
    return workload.entries.map((entry, index) =>
      standing(
        entry,
        results.flatMap((round) => round[index] ?? []),
      ),
    );
  } finally {
    await Promise.all([...contenders.values()].map((contender) => contender.stop()));
    await stopReplicas();
  }
}

async function startAll(workload: Workload, redisUrl: string): Promise<Map<ContenderName, Contender>> {
  const contenders = new Map<ContenderName, Contender>();
  for (const { contender } of workload.entries) {
    if (!contenders.has(contender)) contenders.set(contender, await startContender(contender, { redisUrl }));
  }
  return contenders;
}

type Sample = FullLoad & Pick<Standing, 'perCpuSecond'>;

async function runRound(
  workload: Workload,
  contenders: ReadonlyMap<ContenderName, Contender>,
  seconds: number,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const entry of workload.entries) {
    const contender = contenders.get(entry.contender);
    if (contender === undefined) continue;
    samples.push(await runEntry(entry, contender, workload.connections, seconds));
    await untilQuiet(contender);
  }
  return samples;
}

/** Longest that a contender may go on with what nobody waits for any more. */
const QUIET_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 200;
/** A tick of the system's clock, which counts CPU, more than nothing. */
const QUIET_SECONDS = 0.02;

/**
 * Waits until a contender does nothing: one that needs a second for an answer still works on the last ones when its turn is over,
 * and would take CPU, and Redis, from the next.
 */
async function untilQuiet({ name, cpuSeconds }: Contender): Promise<void> {
  const deadline = performance.now() + QUIET_WITHIN_MS;
  for (let before = cpuSeconds(); performance.now() < deadline; ) {
    await pause(LOOK_EVERY_MS);
    const now = cpuSeconds();
    if (now - before < QUIET_SECONDS) return;
    before = now;
  }
  throw new Error(`${name} is still busy ${QUIET_WITHIN_MS / 1_000} s after its load ended`);
}

async function runEntry(
  { request, slow }: Entry,
  { url, cpuSeconds }: Contender,
  connections: number,
  seconds: number,
) {
  const target = 'path' in request ? { url: `${url}${request.path}` } : { url: `${url}/`, script: request.script };
  const before = cpuSeconds();
  const load = await wrk({ ...target, connections, seconds, ...slow });
  return { ...load, perCpuSecond: load.requests / (cpuSeconds() - before) };
}

function standing({ label }: Entry, results: readonly Sample[]): Standing {
  const middle = (pick: (result: Sample) => number) => median(results.map(pick));
  return {
    label,
    perSecond: middle(({ perSecond }) => perSecond),
    perCpuSecond: middle(({ perCpuSecond }) => perCpuSecond),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    errors: results.reduce((sum, { errors }) => sum + errors, 0),
  };
}
