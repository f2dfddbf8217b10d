import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { mails } from '../mail.ts';
import { environmentOf } from '../platform.ts';
import { MONITORING, PRODUCTION, PRODUCTION_MS, runProduction } from '../production.ts';
import { record } from '../report.ts';
import { Prometheus } from './prometheus.ts';

/** Programs whose images this cluster does not have, and cert-manager, which it does not run. */
const ABSENT = /grafana|cert-manager/;

describe.skipIf(await required())('production, watched', () => {
  const cluster = new Cluster();
  const prometheus = new Prometheus(cluster, MONITORING);
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
    await prometheus.connect();
  }, PRODUCTION_MS);
  afterAll(() => prometheus.disconnect());

  it('is scraped in every pod', async () => {
    const expected = ['front', 'quotes', 'search', 'users', 'redis', 'prometheus', 'alertmanager'];
    const targets = await eventually(
      async () => {
        const found = (await prometheus.targets()).filter(({ job }) => !ABSENT.test(job));
        expect(found.filter(({ health }) => health !== 'up')).toEqual([]);
        expect(expected.filter((job) => found.every((target) => target.job !== job))).toEqual([]);
        return found;
      },
      { withinMs: 120_000 },
    );
    const scraped = (job: string) => targets.filter((target) => target.job === job).length;
    for (const job of ['front', 'quotes', 'search', 'users', 'redis']) expect([job, scraped(job)]).toEqual([job, 3]);
    record({ test: 'every scrape target up', seconds: 0, note: `${targets.length} targets` });
  });

  it('has no rule that fails', async () => {
    const rules = await eventually(
      async () => {
        const all = await prometheus.rules();
        expect(all.length).toBeGreaterThan(50);
        expect(all.filter(({ health }) => health !== 'ok')).toEqual([]);
        return all;
      },
      { withinMs: 180_000 },
    );
    record({ test: 'no failed rule', seconds: 0, note: `${rules.length} rules` });
  });

  it('sends the Watchdog mail to the mailbox that waits for it', async () => {
    const started = performance.now();
    const { monitoring } = environmentOf('production');
    const heartbeat = monitoring.kind === 'standalone' ? monitoring.mail.heartbeat : undefined;
    const mail = await eventually(
      () => {
        const found = mails().find(({ subject }) => subject.includes('Watchdog'));
        if (found === undefined) throw new Error(`${mails().length} mails, none of the Watchdog`);
        return found;
      },
      { withinMs: 300_000 },
    );
    expect(mail.to).toEqual([heartbeat]);
    record({ test: 'Watchdog mail received', seconds: Math.round((performance.now() - started) / 1_000) });
  });

  it('gives every autoscaler its figures', async () => {
    const started = performance.now();
    await eventually(
      async () => {
        const list = await cluster.kubectl('-n', PRODUCTION, 'get', 'hpa', '-o', 'json');
        const active = (JSON.parse(list) as { items: readonly Autoscaler[] }).items.map(({ metadata, status }) => [
          metadata.name,
          status.conditions?.find(({ type }) => type === 'ScalingActive')?.status,
        ]);
        expect(active.length).toBeGreaterThan(0);
        expect(active.filter(([, status]) => status !== 'True')).toEqual([]);
      },
      { withinMs: 180_000 },
    );
    record({ test: 'every autoscaler has its figures', seconds: Math.round((performance.now() - started) / 1_000) });
  });
});

interface Autoscaler {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
