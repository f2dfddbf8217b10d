import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PORT_NAMES } from '../app/contract.ts';
import { eventually } from '../test/eventually.ts';
import { freePort, RealRedis } from '../test/real-redis.ts';
import { requireProgram } from '../test/requires.ts';
import { Daemon } from './observability/daemon.ts';
import { Exposition } from './observability/exposition.ts';
import { kubeState } from './observability/kube-state.ts';
import { type LocalTarget, writeAlertmanagerFiles, writePrometheusFiles } from './observability/local-config.ts';
import { Mailbox } from './observability/mailbox.ts';
import { drawDashboard, type PicturedPanel } from './observability/picture.ts';
import { Queries, selectorsOf } from './observability/queries.ts';
import { dashboardQueries, filesOf, renderedObjects, ruleFilesOf } from './observability/rendered.ts';
import { type Services, startServices, stopServices } from './observability/services.ts';
import { Traffic } from './observability/traffic.ts';

const programs = {
  prometheus: requireProgram('prometheus'),
  alertmanager: requireProgram('prometheus-alertmanager'),
  exporter: requireProgram('prometheus-redis-exporter'),
  redis: requireProgram('redis-server'),
};
const picture = process.env['OVERVIEW_PICTURE'];
const missing = Object.values(programs).includes(undefined);

const NAMESPACE = 'quotes-production';
const MONITORING = `${NAMESPACE}-monitoring`;
const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory', '512mb'];
const SERVERS = 3;
/** Alerts that this test waits for: their `for` is two seconds here. */
const AWAITED = ['RedisDown', 'ServiceLostRedis', 'HighErrorRate'];
const PASSWORD = 'only-for-this-test';

interface WrittenRules {
  readonly groups: readonly {
    readonly rules: readonly { record?: string; alert?: string; expr: string; labels?: Record<string, string> }[];
  }[];
}

describe.skipIf(missing)('what production watches, with real programs', () => {
  const objects = renderedObjects('production');
  const folder = mkdtempSync(join(tmpdir(), 'observability-'));
  const stops: (() => unknown)[] = [];
  const redis: RealRedis[] = [];
  let services: Services;
  let mailbox: Mailbox;
  let queries: Queries;
  let alertmanagerUrl: string;

  /** Starts a program and remembers to stop it. */
  function daemon(program: string | undefined, args: readonly string[]): Daemon {
    const started = new Daemon(program ?? '', args);
    stops.push(() => started.stop());
    return started;
  }

  async function startRedis(): Promise<LocalTarget[]> {
    const targets: LocalTarget[] = [];
    for (let ordinal = 0; ordinal < SERVERS; ordinal++) {
      const follow = redis[0] === undefined ? [] : ['--replicaof', '127.0.0.1', String(redis[0].port)];
      const server = await RealRedis.start(programs.redis ?? '', [...DURABLE, ...follow]);
      redis.push(server);
      stops.push(() => server.stop());
      const address = `127.0.0.1:${await freePort()}`;
      daemon(programs.exporter, [
        `-redis.addr=redis://127.0.0.1:${server.port}`,
        `-web.listen-address=${address}`,
        '-config-command=-',
      ]);
      targets.push({
        namespace: NAMESPACE,
        name: 'redis',
        pod: `redis-${ordinal}`,
        portName: PORT_NAMES.redisExporter,
        address,
      });
    }
    return targets;
  }

  async function startServiceTargets(): Promise<LocalTarget[]> {
    services = await startServices(redis[0]?.url ?? '');
    stops.unshift(() => stopServices(services));
    return Object.entries(services).map(([name, app]: [string, Services['front']]) => ({
      namespace: NAMESPACE,
      name,
      pod: `${name}-0`,
      portName: PORT_NAMES.admin,
      address: new URL(app.adminUrl).host,
    }));
  }

  async function startExposition(text: () => string): Promise<string> {
    const exposition = await Exposition.start(text);
    stops.push(() => exposition.stop());
    return exposition.target;
  }

  beforeAll(async () => {
    mailbox = await Mailbox.start();
    stops.push(() => mailbox.stop());
    const pods = [...(await startRedis()), ...(await startServiceTargets())];
    const monitor = (name: string, address: string) => ({
      namespace: MONITORING,
      name,
      pod: `${name}-0`,
      portName: 'metrics',
      address,
    });
    const [prometheus, alertmanager] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    alertmanagerUrl = `http://${alertmanager}`;
    const inSixtyDays = () => Math.floor(Date.now() / 1_000) + 60 * 86_400;
    const mail = writeAlertmanagerFiles({ objects, folder, smtpPort: mailbox.port, password: PASSWORD });
    daemon(programs.alertmanager, [
      `--config.file=${mail}`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=${alertmanager}`,
      '--cluster.listen-address=',
      '--web.external-url=http://localhost:9093',
    ]);
    await eventually(async () => expect((await fetch(`http://${alertmanager}/-/ready`)).ok).toBe(true));
    const config = writePrometheusFiles({
      objects,
      folder,
      alertmanager,
      impatient: AWAITED,
      certManager: await startExposition(
        () =>
          `certmanager_certificate_expiration_timestamp_seconds{namespace="${NAMESPACE}",name="edge"} ${inSixtyDays()}\n`,
      ),
      targets: [
        ...pods,
        monitor('prometheus', prometheus),
        monitor('alertmanager', alertmanager),
        monitor('kube-state-metrics', await startExposition(() => kubeState(objects, NAMESPACE))),
      ],
    });
    const server = daemon(programs.prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/tsdb`,
      '--storage.tsdb.retention.size=100MB',
      // The first alerts go out before it has found Alertmanager: again after seconds, not a minute.
      '--rules.alert.resend-delay=2s',
      `--web.listen-address=${prometheus}`,
    ]);
    queries = new Queries(`http://${prometheus}`);
    const traffic = new Traffic(services);
    stops.unshift(() => traffic.stop());
    await eventually(() => queries.values('up'), { withinMs: 20_000 }).catch((error: Error) => {
      throw new Error(`${error.message}\n${server.output}`);
    });
  }, 60_000);
  afterAll(async () => {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  /** Waits until none of the expressions is without data. */
  async function allHaveData(list: readonly { where: string; expr: string }[], withinMs: number): Promise<void> {
    let left = list;
    await eventually(
      async () => {
        const checked = await Promise.all(left.map(async (one) => ({ one, values: await queries.values(one.expr) })));
        left = checked.filter(({ values }) => values.length === 0).map(({ one }) => one);
        expect(left).toEqual([]);
      },
      { withinMs },
    );
  }

  /** Grafana's variables as they stand when a page is opened. */
  const opened = (expr: string) =>
    expr.replaceAll('$namespace', NAMESPACE).replaceAll('$service', 'front|users|quotes|search');

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
      await eventually(async () => expect(await queries.values(pods), job).toHaveLength(wanted), { withinMs: 20_000 });
    }
    expect(await queries.targetsDown()).toEqual([]);
  });

  it('has data for every panel and variable of every dashboard', async () => {
    const panels = dashboardQueries(objects).filter(
      ({ where, expr }) => !where.includes('annotation') || expr.includes('app_info'),
    );
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
    expect(await queries.failingRules()).toEqual([]);
  }, 60_000);

  it('knows every series that an alert asks for', async () => {
    const asked = written.flatMap(({ alert, expr }) =>
      alert === undefined ? [] : selectorsOf(expr).map((selector) => ({ where: alert, expr: selector })),
    );
    expect(asked.length).toBeGreaterThan(80);
    await allHaveData(asked, 30_000);
  }, 60_000);

  it('is quiet while all is well, and sends its heartbeat', async () => {
    expect(await queries.values('ALERTS{alertstate="firing",severity=~"critical|warning"}')).toEqual([]);
    await eventually(
      () =>
        expect(mailbox.mails.map(({ subject }) => subject)).toContain('[HEARTBEAT] production monitoring: Watchdog'),
      { withinMs: 30_000 },
    );
    expect(mailbox.mails.filter(({ subject }) => !subject.startsWith('[HEARTBEAT]'))).toEqual([]);
    expect(new Set(mailbox.logins)).toEqual(new Set([`alerts:${PASSWORD}`]));
  });

  // OVERVIEW_PICTURE=overview.png draws the page as a person would see it.
  it.skipIf(picture === undefined)(
    'draws the overview',
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      const json = filesOf(objects, 'grafana-dashboard-overview')['overview.json'] ?? '';
      const { title, panels } = JSON.parse(json) as { title: string; panels: PicturedPanel[] };
      const chromium = requireProgram('chromium') ?? '';
      const range = (expr: string) => queries.range(opened(expr), 90);
      await drawDashboard({ title, panels, range, chromium, file: picture ?? '' });
    },
    120_000,
  );

  it('pages about Redis, and about nothing that follows from it, when Redis is killed', async () => {
    await redis[0]?.kill();
    const pages = () => mailbox.mails.filter(({ subject }) => subject.startsWith('[PAGE]'));
    await eventually(() => expect(pages()).not.toEqual([]), { withinMs: 60_000 });
    // The effects fire too: it is Alertmanager that keeps them from people.
    await eventually(
      async () => expect(await statesOf('ServiceLostRedis')).toEqual(['suppressed', 'suppressed', 'suppressed']),
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
    await allHaveData([{ where: 'annotation Alerts', expr: opened(alertAnnotation()) }], 10_000);
  }, 120_000);

  it('says that it is over when Redis is back', async () => {
    await redis[0]?.restart();
    const resolved = () => mailbox.mails.filter(({ subject }) => subject === '[RESOLVED] production redis: RedisDown');
    await eventually(() => expect(resolved()).toHaveLength(1), { withinMs: 60_000 });
    expect(resolved()[0]?.text).toContain('resolved');
    const others = mailbox.mails.filter(
      ({ subject }) => !subject.includes('RedisDown') && !subject.includes('Watchdog'),
    );
    expect(others.map(({ subject }) => subject)).toEqual([]);
    await eventually(async () => expect(await queries.values('redis_client_up == 0')).toEqual([]), {
      withinMs: 20_000,
    });
  }, 90_000);

  /** Whether Alertmanager sends the alerts of a name. */
  async function statesOf(name: string): Promise<string[]> {
    const filter = encodeURIComponent(`alertname="${name}"`);
    const response = await fetch(`${alertmanagerUrl}/api/v2/alerts?filter=${filter}`);
    const alerts = (await response.json()) as { status: { state: string } }[];
    return alerts.map(({ status }) => status.state);
  }

  function alertAnnotation(): string {
    return dashboardQueries(objects).find(({ where }) => where === 'Platform overview: annotation Alerts')?.expr ?? '';
  }
});
