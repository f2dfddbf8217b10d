import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICE_NEEDS, SERVICES } from '../app/contract.ts';
import { eventually } from '../test/eventually.ts';
import { requireStore } from '../test/real-store.ts';
import { requireProgram } from '../test/requires.ts';
import { drawDashboard, type PicturedPanel } from './observability/picture.ts';
import { selectorsOf } from './observability/queries.ts';
import { dashboardQueries, filesOf, renderedObjects, ruleFilesOf } from './observability/rendered.ts';
import { SERVERS, WatchedPlatform } from './observability/watched-platform.ts';

const prometheus = requireProgram('prometheus');
const alertmanager = requireProgram('prometheus-alertmanager');
const exporter = requireProgram('prometheus-redis-exporter');
const redis = requireStore('valkey-server');
const programs =
  prometheus === undefined || alertmanager === undefined || exporter === undefined || redis === undefined
    ? undefined
    : { prometheus, alertmanager, exporter, redis };
const picture = process.env['OVERVIEW_PICTURE'];

const NAMESPACE = 'quotes-production';
/** Alerts that this test waits for. */
const BACKUP_ALERTS = ['RedisBackupUnverified', 'RedisRecordsDropped', 'RedisRecordsLost'];
/** Who has data in the store, sessions too. */
const CLIENTS = SERVICES.filter((service) => Object.keys(SERVICE_NEEDS[service].data).length > 0);
const AWAITED = ['RedisDown', 'ServiceLostRedis', 'HighErrorRate', ...BACKUP_ALERTS];
const PASSWORD = 'only-for-this-test';

interface WrittenRules {
  readonly groups: readonly {
    readonly rules: readonly { record?: string; alert?: string; expr: string; labels?: Record<string, string> }[];
  }[];
}

describe.skipIf(programs === undefined)('what production watches, with real programs', () => {
  const objects = renderedObjects('production');
  let platform: WatchedPlatform;

  beforeAll(async () => {
    if (programs === undefined) throw new Error('a program is missing');
    const watched = { programs, objects, namespace: NAMESPACE, impatient: AWAITED, mailPassword: PASSWORD };
    platform = await WatchedPlatform.start(watched);
  }, 60_000);
  afterAll(() => platform?.stop(), 60_000);

  /** Waits until none of the expressions is without data. */
  async function allHaveData(list: readonly { where: string; expr: string }[], withinMs: number): Promise<void> {
    let left = list;
    await eventually(
      async () => {
        const checked = await Promise.all(
          left.map(async (one) => ({ one, values: await platform.queries.values(one.expr) })),
        );
        left = checked.filter(({ values }) => values.length === 0).map(({ one }) => one);
        expect(left).toEqual([]);
      },
      { withinMs },
    );
  }

  /** Grafana's variables as they stand when a page is opened. */
  const opened = (expr: string) =>
    expr
      .replaceAll('$namespace', NAMESPACE)
      .replaceAll('$service', 'front|users|quotes|search')
      .replaceAll('$pod', 'quotes-0');
  /** Empty while nothing fires. */
  const alertQueries = () =>
    dashboardQueries(objects)
      .filter(({ where }) => /: (annotation Alerts|Firing alerts)$/.test(where))
      .map(({ where, expr }) => ({ where, expr: opened(expr) }));

  const written = Object.values(ruleFilesOf<WrittenRules>(objects)).flatMap(({ groups }) =>
    groups.flatMap(({ rules }) => rules),
  );

  it('reaches every target through the relabelling of dist/', async () => {
    for (const job of [
      'front',
      'users',
      'quotes',
      'search',
      'redis',
      'prometheus',
      'alertmanager',
      'kube-state-metrics',
    ]) {
      const pods = `up{namespace=~"${NAMESPACE}.*",job="${job}",pod=~"${job}-.*"} == 1`;
      const wanted = job === 'redis' ? SERVERS : 1;
      await eventually(async () => expect(await platform.queries.values(pods), job).toHaveLength(wanted), {
        withinMs: 20_000,
      });
    }
    expect(await platform.queries.targetsDown()).toEqual([]);
  });

  it('has data for every panel and variable of every dashboard', async () => {
    const silent = new Set(alertQueries().map(({ where }) => where));
    const panels = dashboardQueries(objects).filter(({ where }) => !silent.has(where));
    expect(silent.size).toBeGreaterThan(1);
    expect(panels.length).toBeGreaterThan(80);
    await allHaveData(
      panels.map(({ where, expr }) => ({ where, expr: opened(expr) })),
      60_000,
    );
  }, 90_000);

  it('records every rule, and fails to evaluate none', async () => {
    const recorded = written.flatMap(({ record, labels }) => {
      const matchers = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`);
      return record === undefined ? [] : [{ where: record, expr: `${record}{${matchers.join(',')}}` }];
    });
    expect(recorded.length).toBeGreaterThan(100);
    await allHaveData(recorded, 30_000);
    expect(await platform.queries.failingRules()).toEqual([]);
  }, 60_000);

  it('knows every series that an alert asks for', async () => {
    const asked = written.flatMap(({ alert, expr }) =>
      alert === undefined ? [] : selectorsOf(expr).map((selector) => ({ where: alert, expr: selector })),
    );
    expect(asked.length).toBeGreaterThan(80);
    await allHaveData(asked, 30_000);
  }, 60_000);

  it('is quiet while all is well, and sends its heartbeat', async () => {
    expect(await platform.queries.values('ALERTS{alertstate="firing",severity=~"critical|warning"}')).toEqual([]);
    await eventually(
      () =>
        expect(platform.mailbox.mails.map(({ subject }) => subject)).toContain(
          '[HEARTBEAT] production monitoring: Watchdog',
        ),
      { withinMs: 30_000 },
    );
    expect(platform.mailbox.mails.filter(({ subject }) => !subject.startsWith('[HEARTBEAT]'))).toEqual([]);
    expect(new Set(platform.mailbox.logins)).toEqual(new Set([`alerts:${PASSWORD}`]));
  });

  // OVERVIEW_PICTURE=overview.png draws the page as a person would see it.
  it.skipIf(picture === undefined)(
    'draws the overview',
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      const json = filesOf(objects, 'grafana-dashboard-overview')['overview.json'] ?? '';
      const { title, panels: all } = JSON.parse(json) as { title: string; panels: PicturedPanel[] };
      const panels = all.filter(({ type }) => type !== 'row');
      const chromium = requireProgram('chromium') ?? '';
      const range = (expr: string) => platform.queries.range(opened(expr), 90);
      await drawDashboard({ title, panels, range, chromium, file: picture ?? '' });
    },
    120_000,
  );

  it('pages about Redis, and about nothing that follows from it, when Redis is killed', async () => {
    await platform.redis[0]?.kill();
    const pages = () => platform.mailbox.mails.filter(({ subject }) => subject.startsWith('[PAGE]'));
    await eventually(() => expect(pages()).not.toEqual([]), { withinMs: 60_000 });
    // The effects fire too: it is Alertmanager that keeps them from people.
    await eventually(
      async () => expect(await platform.statesOf('ServiceLostRedis')).toEqual(CLIENTS.map(() => 'suppressed')),
      { withinMs: 60_000 },
    );
    expect(new Set(pages().map(({ subject }) => subject))).toEqual(new Set(['[PAGE] production redis: RedisDown']));
    const [page] = pages();
    expect(page?.to).toEqual(['oncall@quotes.example.com']);
    for (const part of [
      'No Redis primary answers',
      '/docs/runbooks/RedisDown.md',
      '/d/quotes-redis?var-namespace=quotes-production',
      'failover should take 15 seconds',
    ]) {
      expect(page?.text).toContain(part);
    }
    expect(page?.text).not.toContain('<no value>');
    await allHaveData(alertQueries(), 10_000);
  }, 120_000);

  it('says that it is over when Redis is back', async () => {
    await platform.redis[0]?.restart();
    const resolved = () =>
      platform.mailbox.mails.filter(({ subject }) => subject === '[RESOLVED] production redis: RedisDown');
    await eventually(() => expect(resolved()).toHaveLength(1), { withinMs: 80_000 });
    expect(resolved()[0]?.text).toContain('resolved');
    // What followed from it was over before: nothing is left that Alertmanager would now send.
    for (const effect of ['ServiceLostRedis', 'HighErrorRate']) expect(await platform.statesOf(effect)).toEqual([]);
    const others = platform.mailbox.mails.filter(
      ({ subject }) => !subject.includes('RedisDown') && !subject.includes('Watchdog'),
    );
    expect(others.map(({ subject }) => subject)).toEqual([]);
    await eventually(async () => expect(await platform.queries.values('redis_client_up == 0')).toEqual([]), {
      withinMs: 20_000,
    });
  }, 120_000);

  it('says that a backup is not good, and that records are gone, when a job left that in the store', async () => {
    const firing = async () => {
      const states = await Promise.all(BACKUP_ALERTS.map((name) => platform.statesOf(name)));
      return BACKUP_ALERTS.filter((_, index) => states[index]?.includes('active'));
    };
    expect(await firing()).toEqual([]);
    await platform.recordBackup(0, 1_000);
    await eventually(async () => expect(await firing()).toEqual(['RedisBackupUnverified']), { withinMs: 30_000 });
    await platform.recordBackup(1, 899);
    await eventually(async () => expect(await firing()).toEqual(['RedisRecordsDropped']), { withinMs: 60_000 });
    await platform.recordBackup(1, 500);
    await eventually(async () => expect(await firing()).toEqual(['RedisRecordsLost']), { withinMs: 60_000 });
    await platform.recordBackup(1, 1_000);
    await eventually(async () => expect(await firing()).toEqual([]), { withinMs: 60_000 });
  }, 240_000);
});
