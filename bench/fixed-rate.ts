import { type ContenderName, startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { median } from './lab/median.ts';
import { openLoop, quantile } from './lab/open-loop.ts';

/** One contender at a fixed rate: what it costs, and how late it answers. */
export interface RateStanding {
  readonly label: ContenderName;
  /** Median over the rounds, in cores. */
  readonly cores: number;
  readonly p95Ms: number;
  /** Of the best round: the others hold the machine's own noise. */
  readonly bestP99Ms: number;
  readonly failed: number;
}

export interface FixedRateProps {
  readonly redisUrl: string;
  /** Reads a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly rounds: number;
}

/** Reads of one quote in an open loop, contender after contender in every round. */
export async function fixedRate({ redisUrl, rate, seconds, rounds }: FixedRateProps): Promise<RateStanding[]> {
  await loadStore(redisUrl, 10_000, ['ours', 'peers']);
  const names: readonly ContenderName[] = ['ours', 'fastify', 'flask'];
  const contenders = [];
  for (const name of names) contenders.push(await startContender(name, { redisUrl }));
  const samples = new Map(names.map((name) => [name, [] as Sample[]]));
  try {
    for (let round = 0; round <= rounds; round += 1) {
      for (const contender of contenders) {
        const sample = await runOnce(contender, rate, seconds);
        // The first round warms up.
        if (round > 0) samples.get(contender.name as ContenderName)?.push(sample);
      }
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()));
  }
  return names.map((name) => standing(name, samples.get(name) ?? []));
}

interface Sample {
  readonly cores: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

async function runOnce(
  contender: Awaited<ReturnType<typeof startContender>>,
  rate: number,
  seconds: number,
): Promise<Sample> {
  const before = contender.cpuSeconds();
  const arrivals = await openLoop({
    rate,
    seconds,
    next: (index) => ({
      method: 'GET',
      url: `${contender.url}/quotes/q${String((index * 7_919) % 10_000).padStart(7, '0')}`,
    }),
  });
  return {
    cores: (contender.cpuSeconds() - before) / seconds,
    p95Ms: quantile(arrivals, 0.95),
    p99Ms: quantile(arrivals, 0.99),
    failed: arrivals.filter(({ status }) => status !== 200).length,
  };
}

function standing(label: ContenderName, samples: readonly Sample[]): RateStanding {
  return {
    label,
    cores: median(samples.map(({ cores }) => cores)),
    p95Ms: median(samples.map(({ p95Ms }) => p95Ms)),
    bestP99Ms: Math.min(...samples.map(({ p99Ms }) => p99Ms)),
    failed: samples.reduce((sum, { failed }) => sum + failed, 0),
  };
}
