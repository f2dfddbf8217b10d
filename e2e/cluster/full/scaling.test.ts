import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { environmentOf, forwardTo, secretValue } from '../platform.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction } from '../production.ts';
import { record } from '../report.ts';
import { Visitors } from '../visitors.ts';

/** Five minutes without a need for a step, and its pods keep memory for a while that counts as one: two steps. */
const CALM_MS = 1_200_000;
/** In place of 70 %: three pods at the committed target take more than two cores have left beside the cluster. */
const LOW_TARGET = 15;

describe.skipIf(await required())('the autoscaler of a service', () => {
  const cluster = new Cluster();
  const { scaling } = environmentOf('production');
  const minReplicas = scaling.kind === 'auto' ? scaling.minReplicas : 0;
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
  }, PRODUCTION_MS);
  // As dist/ has it.
  afterAll(() => runProduction(cluster), PRODUCTION_MS);

  /** Sets the share of its CPU request at which users is to get more pods. */
  async function target(percent: number): Promise<void> {
    const path = '/spec/metrics/0/resource/target/averageUtilization';
    const patch = JSON.stringify([{ op: 'replace', path, value: percent }]);
    await cluster.kubectl('-n', PRODUCTION, 'patch', 'hpa', 'users', '--type=json', '-p', patch);
  }

  /** Waits until that many pods are ready, and returns their number. */
  async function ready(matches: (pods: number) => boolean, withinMs: number): Promise<number> {
    const read = ['get', 'deployment', 'users', '-o', 'jsonpath={.status.readyReplicas}/{.status.replicas}'];
    return await eventually(
      async () => {
        const [pods = 0, all = 0] = (await cluster.kubectl('-n', PRODUCTION, ...read)).split('/').map(Number);
        expect([pods, matches(pods)]).toEqual([all, true]);
        return pods;
      },
      { withinMs, everyMs: 2_000 },
    );
  }

  it('adds pods under load and takes them away again without a failed request', async () => {
    const url = await forwardTo(cluster, PRODUCTION, 'users');
    const headers = { authorization: secretValue('admin-key'), 'content-type': 'application/json' };
    await ready((pods) => pods === minReplicas, 700_000);
    await target(LOW_TARGET);
    let id = 0;
    const body = () =>
      JSON.stringify({ id: `scaling-${Date.now()}-${id++}`, name: 'Nobody', password: 'a long password' });
    const started = performance.now();
    const busy = new Visitors([{ url, path: '/users', method: 'POST', headers, body, status: 201, visitors: 12 }]);
    const most = await ready((pods) => pods > minReplicas, 600_000).finally(() => busy.stop());
    const seconds = Math.round((performance.now() - started) / 1_000);
    const test = 'autoscaler: pods added under load';
    record({ test, seconds, requests: busy.sent, failed: busy.failed, note: `${minReplicas} to ${most} pods` });
    expect(busy.failed).toBe(0);

    const calm = performance.now();
    const few = new Visitors([{ url, path: '/users?limit=1', headers, visitors: 4, pauseMs: 50 }]);
    await ready((pods) => pods === minReplicas, CALM_MS).finally(() => few.stop());
    record({
      test: 'autoscaler: pods taken away again',
      seconds: Math.round((performance.now() - calm) / 1_000),
      requests: few.sent,
      failed: few.failed,
    });
    expect([...few.failures]).toEqual([]);
  }, 2_700_000);
});
