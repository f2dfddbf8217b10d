import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../delivery/run.ts';
import { eventually } from '../test/eventually.ts';
import { at } from '../test/manifests.ts';
import { freePort } from '../test/real-redis.ts';
import { requireProgram } from '../test/requires.ts';
import { urlsOf } from '../test/run-app.ts';
import { bundleApp, ServiceProcess } from '../test/service-process.ts';
import { build, type GoProgram } from './cluster/programs.ts';

const ROOT = join(import.meta.dirname, '..');
const VICTORIA_LOGS: GoProgram = {
  module: 'github.com/VictoriaMetrics/VictoriaLogs',
  version: 'v1.52.1',
  packages: [],
};
const PAGE = readFileSync(join(ROOT, 'docs/how-to/logs-and-traces.md'), 'utf8');
const MANIFEST = readFileSync(join(ROOT, 'delivery/cluster/log-store.yaml'), 'utf8');
/** As the page says: the path and the names of the fields. */
const INSERT = /url: 'http:\/\/victoria-logs\.logs:9428(\/insert[^']+)'/.exec(PAGE)?.[1] ?? '';

describe.skipIf(requireProgram('go') === undefined)('lines in a real VictoriaLogs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-store-'));
  let program = '';
  let store: ChildProcess | undefined;
  let url = '';
  let front: ServiceProcess;

  /** With the arguments of the manifest, on a port and a folder of this test. */
  async function startStore(): Promise<void> {
    const pod = loadAll(MANIFEST).map((object) => at(object, 'spec.template.spec.containers.0.args'));
    const args = (pod.find(Array.isArray) as string[]).map((arg) =>
      arg.replace('/data', join(folder, 'data')).replace(':9428', new URL(url).host),
    );
    store = spawn(program, args, { stdio: 'ignore' });
    await eventually(async () => expect((await fetch(`${url}/health`)).status).toBe(200));
  }
  async function stopStore(): Promise<void> {
    const ended = store === undefined ? undefined : once(store, 'exit');
    store?.kill('SIGTERM');
    await ended;
  }
  async function ask(query: string): Promise<readonly Record<string, string>[]> {
    const answer = await fetch(`${url}/select/logsql/query`, { method: 'POST', body: new URLSearchParams({ query }) });
    const text = await answer.text();
    expect(answer.status, text).toBe(200);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }
  const requested = async (path: string) => (await fetch(`${front.url}${path}`)).headers.get('x-request-id') ?? '';
  const found = (id: string) => eventually(async () => expect(await ask(`_time:1h requestId:"${id}"`)).toHaveLength(1));

  beforeAll(async () => {
    program = await build(VICTORIA_LOGS, 'app/victoria-logs');
    url = `http://127.0.0.1:${await freePort()}`;
    await startStore();
    const env = { ...urlsOf('front'), REDIS_URL: 'redis://127.0.0.1:9', LOGS_URL: `${url}${INSERT}` };
    front = await ServiceProcess.start({
      service: 'front',
      program: await bundleApp(),
      env,
      log: join(folder, 'stdout'),
    });
  }, 900_000);
  afterAll(async () => {
    await front?.end('SIGTERM');
    await stopStore();
    rmSync(folder, { recursive: true });
  });

  it('are found by the id of the request, with the time, the service and the pod', async () => {
    const id = await requested('/no-such-page');
    expect(id).not.toBe('');
    await found(id);
    const [line] = await ask(`_time:1h requestId:"${id}"`);
    expect(line).toMatchObject({ _msg: 'request', service: 'front', status: '404', environment: 'staging' });
    expect(Math.abs(Date.parse(line?.['_time'] ?? '') - Date.now())).toBeLessThan(60_000);
    expect(line?.['_stream']).toMatch(/pod="[^"]+"/);
  });

  it('are there after the store was away, and requests do not wait for it', async () => {
    await stopStore();
    const started = performance.now();
    const id = await requested('/no-such-page');
    expect(performance.now() - started).toBeLessThan(2_000);
    await startStore();
    await found(id);
    await eventually(() => expect(readFileSync(join(folder, 'stdout'), 'utf8')).toContain(id));
  });

  it('are taken by every query of the page, the one of the alert too', async () => {
    const blocks = [...PAGE.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text = '']) => load(text));
    const alert = at(blocks[0], 'groups.0.rules.0.expr');
    const others = [...PAGE.matchAll(/`((?:level|msg|status):[^`]+)`/g)].map(([, query = '']) => `_time:1h ${query}`);
    expect(others).toHaveLength(3);
    for (const query of [String(alert), ...others]) await ask(query);
    await expect(ask('_time:1h | no_such_pipe')).rejects.toThrow();
  });

  it('have a store that the guardrails accept', async () => {
    const { code, stdout } = await run(
      'npm',
      ['run', '--silent', 'validate', '--', 'delivery/cluster/log-store.yaml'],
      { cwd: ROOT },
    );
    expect(stdout).toContain('nothing found');
    expect(code).toBe(0);
  });
});
