import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Git } from '../../../delivery/git.ts';
import { ROOT } from '../../../root.ts';
import { Cluster, required } from '../cluster.ts';
import { RUN, sh } from '../machine.ts';
import { applicationImage, fileOf, workloadsOf } from '../platform.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction, storeIsWhole, under } from '../production.ts';

/** The first commit whose dist/ names the images that today's does: an older one could not start here. */
const EARLIER = '61105c7';
/** The application as it was released then: the same program under another tag, so that an update replaces the pods of services too. */
const EARLIER_IMAGE = applicationImage().replace(/:[^:]+$/, ':0.9.0');

describe.skipIf(await required())(`production of ${EARLIER}, brought up to date`, () => {
  const cluster = new Cluster();
  const git = new Git(ROOT);
  beforeAll(async () => {
    await git.resolve(EARLIER);
    await cluster.up(console.log);
    await runProduction(cluster);
    for (const node of cluster.nodes) await node.ctr('images', 'tag', '--force', applicationImage(), EARLIER_IMAGE);
    const file = join(RUN, 'earlier.k8s.yaml');
    const earlier = await git.text(EARLIER, 'dist/production.k8s.yaml');
    writeFileSync(file, earlier.replaceAll(applicationImage(), EARLIER_IMAGE));
    await cluster.apply(file);
    await everyPodIsNew();
  }, 2 * PRODUCTION_MS);

  async function everyPodIsNew(): Promise<void> {
    for (const workload of workloadsOf('production', PRODUCTION)) await cluster.rolledOut(PRODUCTION, workload, 600);
    await storeIsWhole(cluster);
  }

  it('has nothing that the API server would refuse to change, as npm run diff says', async () => {
    const args = ['run', '--silent', 'diff', '--', '--base', EARLIER, '--json'];
    const { riskGroups } = JSON.parse(await sh('npm', args, { cwd: ROOT }));
    expect(riskGroups.length).toBeGreaterThan(0);
    expect(riskGroups.filter(({ level }: { level: string }) => level === 'danger')).toEqual([]);
  });

  it('loses nothing, and refuses what it cannot keep', async () => {
    const figures = await under(cluster, {
      load: 'update',
      test: `production updated from ${EARLIER}`,
      happens: async () => {
        const { stderr } = await cluster.apply(fileOf('production'));
        expect(stderr).toBe('');
        await everyPodIsNew();
      },
      visited: true,
    });
    const images = ['get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[*].image}'];
    expect(await cluster.kubectl('-n', PRODUCTION, ...images)).not.toContain(EARLIER_IMAGE);
    // Every server of the store is replaced too. Writes wait for all of them, and readers for the next primary: both are told so by a 503.
    expect(figures).toMatchObject({ lost: 0, wrong404: 0, failed: 0 });
  }, 1_200_000);
});
