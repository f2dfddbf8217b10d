import { afterAll, describe, expect, it, onTestFailed } from 'vitest';
import { requireStore } from '../../test/real-store.ts';
import { requireRestic } from '../redis/store-job.ts';
import { until } from '../redis/until.ts';
import { Cluster } from './cluster.ts';
import { LINES, type Line } from './faults.ts';
import { type Elsewhere, type Figures, Load } from './load.ts';
import { commitUnderTest, isKept, keep, printed, writePage } from './record.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
if (!settings.inside) console.warn('the durability suite runs by `npm run test:durability` only: skipped');
const store = settings.inside ? requireStore('valkey-server') : undefined;
const restic = settings.full ? requireRestic() : undefined;
const commit = settings.full ? commitUnderTest() : 'unknown';

/** Writes that a line has to have acknowledged. */
const ENOUGH = settings.full ? 10_000 : 1_500;
/** Writes after which a fault begins. */
const FULL_SWING = 400;
/** From the end of a fault to the next acknowledged write of every pod: with a margin for a slow machine over what docs/how-to/redis.md states. */
const RECOVERY_SECONDS = 90;

const wanted = settings.only.split(',');
const lines = LINES.filter(({ name, short }) =>
  settings.only === '' ? settings.full || short : wanted.some((text) => name.includes(text)),
);

describe.skipIf(store === undefined).each(Array.from({ length: settings.runs }, (_, index) => index + 1))(
  'run %i: nothing that was acknowledged is lost',
  (run) => {
    let standing: Cluster | undefined;

    /** One cluster for all lines, until one of them breaks it. */
    const cluster = async () => {
      standing ??= await Cluster.start({ store: store ?? '', restic });
      return standing;
    };
    const end = async () => {
      await standing?.destroy();
      standing = undefined;
    };
    afterAll(end);

    const left = lines.filter(
      ({ name }, index) => index % settings.slices === settings.slice && !(settings.full && isKept(commit, run, name)),
    );
    if (left.length === 0) {
      it('has been recorded before', () => {
        expect(lines).not.toEqual([]);
        writePage();
      });
    }

    it.each(left)('$name', async ({ name, fault }: Line) => {
      const place = LINES.findIndex((line) => line.name === name);
      const about = { commit, run, line: name, place };
      const under = await cluster();
      onTestFailed(async () => {
        console.error(under.logs());
        await end();
      });
      const acknowledged: string[] = [];
      const figures = await measure(under, { name: `${run}-${place}`, acknowledged }, fault).catch((error: Error) => {
        const [unfinished = ''] = error.message.split('\n');
        if (settings.full) keep({ ...about, acknowledged: acknowledged.length, unfinished });
        throw error;
      });
      console.info(printed({ ...about, ...figures }));
      if (settings.full) keep({ ...about, ...figures });
      expect(figures).toMatchObject({ lost: 0, wrong404: 0 });
      expect(figures.acknowledged).toBeGreaterThanOrEqual(ENOUGH);
    });
  },
);

/** The load from before the fault until all is well again, and what became of what it was promised. */
async function measure(
  cluster: Cluster,
  { name, acknowledged }: { readonly name: string; readonly acknowledged: string[] },
  fault: Line['fault'],
): Promise<Figures> {
  const primary = await cluster.settled();
  const replicas = cluster.servers.filter((server) => server !== primary);
  const { urls, adminKey } = cluster;
  const load = new Load({ urls, adminKey, name, enough: ENOUGH, acknowledged });
  load.start();
  try {
    await until('writers in full swing', 60, () => acknowledged.length >= FULL_SWING);
    let elsewhere: Elsewhere | undefined;
    const allow = (given: Elsewhere) => {
      elsewhere = given;
    };
    await fault({ cluster, primary, replicas, acknowledged, allow });
    const end = performance.now();
    await until('an acknowledged write after the fault', RECOVERY_SECONDS, () => load.lastWriteAt > end);
    await until(`${ENOUGH} acknowledged writes`, 2 * RECOVERY_SECONDS, () => load.enough);
    await cluster.settled();
    await load.stop();
    return await load.figures(elsewhere);
  } finally {
    await load.stop();
  }
}
