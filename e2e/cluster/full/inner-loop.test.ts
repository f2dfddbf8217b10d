import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../../root.ts';
import { eventually } from '../../../test/eventually.ts';
import { Cluster, required } from '../cluster.ts';
import { BIN, KUBECONFIG } from '../machine.ts';
import { fileOf, workloadsOf } from '../platform.ts';
import { record } from '../report.ts';

/** What is added to each of the page's ports: a platform may run here already. */
const ELSEWHERE = 10_220;
const FRONT = 8080 + ELSEWHERE;
const QUOTES = 8092 + ELSEWHERE;
const SOON = { withinMs: 120_000, everyMs: 500 };

describe.skipIf(await required())('one service on the laptop, the rest in the cluster', () => {
  const cluster = new Cluster();
  const folder = mkdtempSync(join(tmpdir(), 'inner-loop-'));
  const page = readFileSync(join(ROOT, 'docs/how-to/inner-loop.md'), 'utf8');
  const [dev = '', ...forwards] = [...page.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((line) => line.replace(/ &$/, '').replace(/\b8[01]\d\d\b/g, (port) => String(Number(port) + ELSEWHERE)));
  const running: ChildProcess[] = [];
  beforeAll(async () => {
    await cluster.up(console.log);
    await cluster.apply(fileOf('dev'));
    for (const workload of workloadsOf('dev', 'quotes-dev')) await cluster.rolledOut('quotes-dev', workload);
  }, 3_600_000);
  afterAll(async () => {
    const ended = running.map((child) => once(child, 'exit'));
    for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    await Promise.all(ended);
    rmSync(folder, { recursive: true });
  });

  function start(command: string): void {
    const env = { ...process.env, KUBECONFIG, PATH: `${BIN}:${process.env['PATH']}`, DEV_DATA: folder };
    running.push(spawn('sh', ['-c', command], { cwd: ROOT, env, detached: true, stdio: 'ignore' }));
  }

  it('shows by a page of the laptop what was written in the cluster', async () => {
    const started = performance.now();
    start(`${dev} --port ${FRONT}`);
    const text = async (path: string) =>
      await (await fetch(`http://127.0.0.1:${FRONT}${path}`, { headers: { accept: 'text/html' } })).text();
    await eventually(async () => expect(await text('/')).toContain('<html'), SOON);
    for (const forward of forwards) start(forward);
    const id = `inner-loop-${Date.now()}`;
    const written = async () => {
      const headers = { authorization: 'dev-admin-key', 'content-type': 'application/json' };
      const body = JSON.stringify({ id, text: `Written as ${id}.`, author: 'Nobody' });
      return (await fetch(`http://127.0.0.1:${QUOTES}/quotes`, { method: 'POST', headers, body })).status;
    };
    await eventually(async () => expect(await written()).toBe(201), SOON);
    await eventually(async () => expect(await text(`/browse/quote/${id}`)).toContain(`Written as ${id}.`), SOON);
    const inCluster = [
      'exec',
      'deployment/quotes',
      '--',
      'node',
      '--eval',
      `fetch('http://127.0.0.1:5000/quotes/${id}').then((answer) => console.log(answer.status))`,
    ];
    expect((await cluster.kubectl('-n', 'quotes-dev', ...inCluster)).trim()).toBe('200');
    record({
      test: 'front on the laptop, the rest in the cluster',
      seconds: Math.round((performance.now() - started) / 1_000),
    });
  });
});
