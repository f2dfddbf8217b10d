import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENV } from '../app/contract.ts';
import type { Manifest } from '../charts/plan/part.ts';
import { run } from '../delivery/run.ts';
import { eventually } from '../test/eventually.ts';
import { at, theOnly } from '../test/manifests.ts';
import { freePort, RealRedis } from '../test/real-redis.ts';
import { requireStore } from '../test/real-store.ts';
import { requireProgram } from '../test/requires.ts';
import { bundleApp, ServiceProcess } from '../test/service-process.ts';
import { build, type GoProgram } from './cluster/programs.ts';
import { Daemon } from './observability/daemon.ts';

const ROOT = join(import.meta.dirname, '..');
const VICTORIA_LOGS: GoProgram = {
  module: 'github.com/VictoriaMetrics/VictoriaLogs',
  version: 'v1.52.1',
  packages: [],
};
const VMALERT: GoProgram = {
  module: 'github.com/VictoriaMetrics/VictoriaMetrics',
  version: 'v1.151.0',
  packages: [],
};
const PAGE = readFileSync(join(ROOT, 'docs/how-to/logs-and-traces.md'), 'utf8');
const manifestsOf = (file: string) =>
  loadAll(readFileSync(join(ROOT, 'docs/manifests', file), 'utf8')) as readonly Manifest[];
const [STORE, ALERTS] = [manifestsOf('log-store.yaml'), manifestsOf('log-alerts.yaml')];
/** As the page says: the path and the names of the fields. */
const INSERT = /url: 'http:\/\/victoria-logs\.logs:9428(\/insert[^']+)'/.exec(PAGE)?.[1] ?? '';

const go = requireProgram('go');
const alertmanager = requireProgram('prometheus-alertmanager');
const valkey = requireStore('valkey-server');

describe.skipIf(go === undefined || alertmanager === undefined || valkey === undefined)(
  'lines in a real VictoriaLogs',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-store-'));
    const programs = { store: '', alerts: '' };
    let store: Daemon;
    let url = '';
    let redis: RealRedis;
    let quotes: ServiceProcess;

    /** A program with the arguments of its manifest, at addresses and in folders of this test. */
    function start(program: string, workload: Manifest, instead: Readonly<Record<string, string>>): Daemon {
      const args = (at(workload, 'spec.template.spec.containers.0.args') as string[]).map((arg) =>
        Object.entries(instead).reduce((text, [from, to]) => text.replace(from, to), arg),
      );
      return new Daemon(program, args);
    }
    async function startStore(): Promise<void> {
      store = start(programs.store, theOnly(STORE, 'StatefulSet', 'victoria-logs'), {
        '/data': join(folder, 'data'),
        ':9428': new URL(url).host,
      });
      await eventually(async () => expect((await fetch(`${url}/health`)).status, store.output).toBe(200));
    }
    async function ask(query: string): Promise<readonly Record<string, string>[]> {
      const answer = await fetch(`${url}/select/logsql/query`, {
        method: 'POST',
        body: new URLSearchParams({ query }),
      });
      const text = await answer.text();
      expect(answer.status, text).toBe(200);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    }
    const requested = async (path: string) => (await fetch(`${quotes.url}${path}`)).headers.get('x-request-id') ?? '';
    const found = (id: string) =>
      eventually(async () => expect(await ask(`_time:1h requestId:"${id}"`)).toHaveLength(1));

    beforeAll(async () => {
      programs.store = await build(VICTORIA_LOGS, 'app/victoria-logs');
      programs.alerts = await build(VMALERT, 'app/vmalert');
      url = `http://127.0.0.1:${await freePort()}`;
      await startStore();
      redis = await RealRedis.start(valkey ?? '');
      const environment = {
        [ENV.environment]: 'production',
        REDIS_URL: redis.url,
        LOGS_URL: `${url}${INSERT}`,
      };
      quotes = await ServiceProcess.start({
        service: 'quotes',
        program: await bundleApp(),
        env: environment,
        log: join(folder, 'stdout'),
      });
    }, 900_000);
    afterAll(async () => {
      await quotes?.end('SIGTERM');
      await redis?.stop();
      await store?.stop();
      rmSync(folder, { recursive: true });
    });

    it('are found by the id of the request, with the time, the service and the pod', async () => {
      const id = await requested('/no-such-page');
      expect(id).not.toBe('');
      await found(id);
      const [line] = await ask(`_time:1h requestId:"${id}"`);
      expect(line).toMatchObject({ _msg: 'request', service: 'quotes', status: '404', environment: 'production' });
      expect(Math.abs(Date.parse(line?.['_time'] ?? '') - Date.now())).toBeLessThan(60_000);
      expect(line?.['_stream']).toMatch(/pod="[^"]+"/);
    });

    it('are there after the store was away, and requests do not wait for it', async () => {
      await store.stop();
      const started = performance.now();
      const id = await requested('/no-such-page');
      expect(performance.now() - started).toBeLessThan(2_000);
      await startStore();
      await found(id);
      await eventually(() => expect(readFileSync(join(folder, 'stdout'), 'utf8')).toContain(id));
    });

    it('are taken by every query of the page', async () => {
      const queries = [...PAGE.matchAll(/`((?:level|_msg|status):[^`]+)`/g)].map(
        ([, query = '']) => `_time:1h ${query}`,
      );
      expect(queries).toHaveLength(3);
      for (const query of queries) await ask(query);
      await expect(ask('_time:1h | no_such_pipe')).rejects.toThrow();
    });

    it('raise an alert: vmalert tells a real Alertmanager of refused keys, and of nothing before', async () => {
      const [rules, config] = [join(folder, 'rules'), join(folder, 'alertmanager.yaml')];
      mkdirSync(rules);
      const { 'lines.yaml': rule = '' } = at(theOnly(ALERTS, 'ConfigMap', 'vmalert-rules'), 'data') as Record<
        string,
        string
      >;
      writeFileSync(join(rules, 'lines.yaml'), rule.replaceAll(': 1m\n', ': 1s\n'));
      writeFileSync(config, 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n');
      const [listens, told] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
      const storage = `--storage.path=${join(folder, 'alertmanager')}`;
      const hears = new Daemon(alertmanager ?? '', [
        ...[`--config.file=${config}`, storage, `--web.listen-address=${told}`, '--cluster.listen-address='],
      ]);
      const asks = start(programs.alerts, theOnly(ALERTS, 'Deployment', 'vmalert'), {
        '/rules': rules,
        'http://victoria-logs.logs:9428': url,
        'alertmanager.quotes-production-monitoring:9093': told,
        ':8880': listens,
      });
      const alerts = async () => (await (await fetch(`http://${told}/api/v2/alerts`)).json()) as { labels: object }[];
      const evaluations = async () =>
        /vmalert_iteration_total\{[^}]*\} (\d+)/.exec(await (await fetch(`http://${listens}/metrics`)).text())?.[1];
      try {
        await eventually(async () => expect(Number(await evaluations()), asks.output).toBeGreaterThan(2), {
          withinMs: 30_000,
        });
        expect(await alerts()).toEqual([]);
        for (let tries = 0; tries <= 20; tries++) {
          const { status } = await fetch(`${quotes.url}/quotes`, {
            method: 'POST',
            headers: { authorization: 'a wrong key' },
          });
          expect(status).toBe(401);
        }
        const expected = {
          alertname: 'AdminKeysRefused',
          service: 'quotes',
          environment: 'production',
          severity: 'warning',
        };
        await eventually(async () => expect(await alerts(), asks.output).toMatchObject([{ labels: expected }]), {
          withinMs: 30_000,
        });
        expect(await ask('_time:1h _msg:audit')).toHaveLength(21);
      } finally {
        await Promise.all([asks.stop(), hears.stop()]);
      }
    }, 90_000);

    it('have a store and alerts that the guardrails accept beside production', async () => {
      const files = ['log-store.yaml', 'log-alerts.yaml'].map((file) => `docs/manifests/${file}`);
      const asked = ['run', '--silent', 'validate', '--', ...files, 'dist'];
      const { code, stdout } = await run('npm', asked, { cwd: ROOT });
      expect(stdout).toContain('nothing found');
      expect(code).toBe(0);
    });
  },
);
