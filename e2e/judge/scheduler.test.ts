import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../../guardrails/judge/ask.ts';
import { judgeOfThisMachine } from '../../guardrails/judge/judge.ts';
import type { PlacementQuestion } from '../../guardrails/judge/protocol.ts';
import { type ApiServer, startApiServer } from './api-server.ts';
import { numbersFrom } from './mutate.ts';
import { type RandomPlatform, randomPlatform } from './platforms.ts';
import { schedule, WITHOUT_CONTROLLERS } from './scheduler.ts';

/** How many random platforms are compared by hand. */
const BY_HAND = process.env['JUDGE_PLATFORMS'];
const PLATFORMS = Number(BY_HAND ?? 50);
/** Eviction is a race of the scheduler with the API server, which no seed of the judge can follow each time: by hand alone. */
const EVICTS = BY_HAND !== undefined;
const SEED = Number(process.env['JUDGE_SEED'] ?? 1);
/** How many share a cluster. */
const BATCH = 50;
/** A scheduler breaks ties by chance: so many ties are tried before a difference is one of judgement. */
const TIES = [1, 20, 200, 2000];

const program = judgeOfThisMachine().judge?.program('1.34');

/** How many pods of each workload are pending: `w0 2, w3 1`. */
function counted(pods: readonly string[]): string {
  const names = pods.map((pod) => pod.replace(/-\d+$/, '').replace(/^[^/]*\//, '')).sort();
  return (
    [...new Set(names)].map((name) => `${name} ${names.filter((other) => other === name).length}`).join(', ') || 'none'
  );
}

/** What the judge says of each platform, with one choice between ties after another until it says what the scheduler did. */
function judged(
  platforms: readonly RandomPlatform[],
  real: ReadonlyMap<string, string>,
): ReadonlyMap<string, Set<string>> {
  const outcomes = new Map(platforms.map(({ name }) => [name, new Set<string>()]));
  let open = platforms;
  let seed = 0;
  for (const ties of TIES) {
    const questions = open.map(
      ({ nodes, objects }): PlacementQuestion => ({
        ask: 'placement',
        nodes,
        objects: objects.map((object) => ({ object })),
        seed,
        ties,
      }),
    );
    const answers = open.length === 0 ? [] : ask(program ?? '', questions);
    for (const [index, { name }] of open.entries())
      for (const { pending } of answers[index]?.scenarios ?? [])
        outcomes.get(name)?.add(counted(pending.map(({ pod }) => pod)));
    open = open.filter(({ name }) => outcomes.get(name)?.has(real.get(name) ?? '') !== true);
    seed += ties;
  }
  return outcomes;
}

describe.skipIf(program === undefined)('the judge and a real scheduler', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({ flags: WITHOUT_CONTROLLERS });
  }, 300_000);
  afterAll(() => server?.stop(), 60_000);

  it(`leave the same pods of ${PLATFORMS} random platforms pending`, { timeout: 3_600_000 }, async () => {
    const random = numbersFrom(SEED);
    const disagreements: string[] = [];
    let [whole, pods, tied, lost] = [0, 0, 0, 0];
    for (let done = 0; done < PLATFORMS; done += BATCH) {
      const platforms = Array.from({ length: Math.min(BATCH, PLATFORMS - done) }, (_, index) =>
        randomPlatform(`p${done + index}`, random, EVICTS),
      );
      const pending = await schedule(server, platforms);
      const real = new Map([...pending].map(([name, left]) => [name, counted(left)]));
      const compared = platforms.filter(({ name }) => real.has(name));
      lost += platforms.length - compared.length;
      for (const [name, outcomes] of judged(compared, real)) {
        const left = pending.get(name)?.length ?? 0;
        pods += left;
        if (left === 0) whole += 1;
        if (outcomes.size > 1) tied += 1;
        if (!outcomes.has(real.get(name) ?? ''))
          disagreements.push(
            `scheduler: ${real.get(name)}; judge: ${JSON.stringify([...outcomes])}\n${JSON.stringify(platforms.find((one) => one.name === name))}`,
          );
      }
    }
    console.log(
      `${PLATFORMS} platforms: ${whole} fit, ${pods} pods pending on the others, ${tied} by ties, ${lost} left out, ${disagreements.length} disagreements`,
    );
    expect(lost, 'platforms in which the scheduler lost an eviction').toBeLessThanOrEqual(PLATFORMS / 50);
    expect(whole, 'platforms that fit').toBeGreaterThan(PLATFORMS / 10);
    expect(PLATFORMS - whole, 'platforms that do not').toBeGreaterThan(PLATFORMS / 10);
    expect(disagreements).toEqual([]);
  });

  it('the judge knows the outcome of a spread that no longer counts a pod which is being deleted', () => {
    const random = numbersFrom(10);
    const platforms = Array.from({ length: 169 }, (_, index) => randomPlatform(`p${index}`, random, true)).slice(-1);
    expect(judged(platforms, new Map([['p168', 'w0 4']])).get('p168')).toContain('w0 4');
  });
});
