import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { requireStore } from '../../test/real-store.ts';
import { until } from '../redis/until.ts';
import { Cluster } from './cluster.ts';
import { LINES, type Line } from './faults.ts';
import { type Figures, Load } from './load.ts';
import { keep, printed } from './record.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
if (!settings.inside) console.warn('the durability suite runs by `npm run test:durability` only: skipped');
const program = settings.inside ? requireStore('valkey-server') : undefined;

/** Writes that a line has to have acknowledged. */
const ENOUGH = settings.full ? 10_000 : 1_500;
/** Writes after which a fault begins. */
const FULL_SWING = 400;
/** From the end of a fault to the next acknowledged write: with a margin for a slow machine over what docs/redis.md states. */
const RECOVERY_SECONDS = 90;

const wanted = settings.only.split(',');
const lines = LINES.filter(({ name, short }) =>
  settings.only === '' ? settings.full || short : wanted.some((text) => name.includes(text)),
);

describe.skipIf(program === undefined).each(Array.from({ length: settings.runs }, (_, index) => index + 1))(
  'run %i: nothing that was acknowledged is lost',
  (run) => {
    let cluster: Cluster;

    beforeAll(async () => {
      cluster = await Cluster.start(program ?? '');
    });

    afterAll(() => cluster?.destroy());

    it.each(lines)('$name', async ({ name, fault }: Line) => {
      onTestFailed(() => console.error(cluster.logs()));
      const place = LINES.findIndex((line) => line.name === name);
      const figures = await measure(cluster, `${run}-${place}`, fault);
      const measured = { line: name, place, ...figures };
      console.info(printed(measured));
      if (settings.full) keep(measured);
      expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
      expect(figures.acknowledged).toBeGreaterThanOrEqual(ENOUGH);
    });
  },
);

/** The load from before the fault until all is well again, and what became of what it was promised. */
async function measure(cluster: Cluster, name: string, fault: Line['fault']): Promise<Figures> {
  const primary = await cluster.settled();
  const replicas = cluster.servers.filter((server) => server !== primary);
  const load = new Load({ url: cluster.url, adminKey: cluster.adminKey, name, enough: ENOUGH });
  load.start();
  try {
    await until('writers in full swing', 60, () => load.acknowledged.length >= FULL_SWING);
    await fault({ cluster, primary, replicas });
    const end = performance.now();
    await until('an acknowledged write after the fault', RECOVERY_SECONDS, () => load.lastWriteAt > end);
    await until(`${ENOUGH} acknowledged writes`, 2 * RECOVERY_SECONDS, () => load.enough);
    await cluster.settled();
  } finally {
    await load.stop();
  }
  return load.figures();
}
