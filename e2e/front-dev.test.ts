import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planPorts } from '../app/dev/ports.ts';
import { takenPorts } from '../app/dev/taken-ports.ts';
import { eventually } from '../test/eventually.ts';
import { requireStore } from '../test/real-store.ts';

const ROOT = join(import.meta.dirname, '..');
/** The promise of the README; a machine that runs other suites beside this one gets some slack in the assertion below. */
const ANSWERS_WITHIN_MS = 5_000;

interface Runner {
  readonly url: string;
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Time until the front answered. */
  readonly answeredMs: number;
}

const running: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await stop(child);
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** `npm run dev` on ports of its own, with data of its own. */
async function startDev(env: Readonly<Record<string, string>>): Promise<Runner> {
  const front = await freeRange();
  const folder = await mkdtemp(join(tmpdir(), 'dev-data-'));
  folders.push(folder);
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', 'app/dev/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, DEV_PORT: String(front), DEV_DATA: folder, ...env },
  });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
  const url = `http://localhost:${front}`;
  const page = await eventually(() => fetch(url, { headers: { accept: 'text/html' } }), { withinMs: 30_000 });
  expect(page.status).toBe(200);
  return { url, process: child, output: () => text, answeredMs: performance.now() - started };
}

/** A front port below those that the system gives to outgoing connections, with all that follow it free. */
async function freeRange(): Promise<number> {
  for (let port = 20_000 + (process.pid % 400) * 25; port < 32_000; port += 25) {
    if ((await takenPorts(planPorts(port))).length === 0) return port;
  }
  throw new Error('no stretch of free ports below 32000');
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGINT');
    await once(child, 'exit');
  }
  return child.exitCode;
}

async function refuses(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => false,
    () => true,
  );
}

async function browse(url: string): Promise<string> {
  return await (await fetch(`${url}/browse`, { headers: { accept: 'text/html' } })).text();
}

describe('npm run dev', () => {
  it('runs everything in one process where there is no Redis, and says so', async () => {
    const runner = await startDev({ DEV_STORE: 'emulated' });
    expect(runner.answeredMs).toBeLessThan(2 * ANSWERS_WITHIN_MS);
    await eventually(() => expect(runner.output()).toContain('Ready in'));
    expect(runner.output()).toContain('an emulation of Redis inside one process');
    expect(runner.output()).toContain('Admin key: dev-admin-key');
    await eventually(async () => expect(await browse(runner.url)).toContain('Jane Austen'));
    expect(await stop(runner.process)).toBe(0);
    expect(await refuses(runner.url)).toBe(true);
  });

  it.skipIf(requireStore('valkey-server') === undefined)(
    'starts a private redis-server where there is one, and restarts on a change',
    async () => {
      const runner = await startDev({ DEV_STORE: '', REDIS_URL: '' });
      expect(runner.answeredMs).toBeLessThan(2 * ANSWERS_WITHIN_MS);
      await eventually(() => expect(runner.output()).toContain('Ready in'), { withinMs: 30_000 });
      expect(runner.output()).toContain('a private /');
      await eventually(async () => expect(await browse(runner.url)).toContain('Jane Austen'));
      const now = new Date();
      await utimes(join(ROOT, 'app/src/services/front/assets/icon.svg'), now, now);
      await eventually(() => expect(runner.output()).toContain('Ready again'), { withinMs: 30_000 });
      expect(await stop(runner.process)).toBe(0);
      expect(await refuses(runner.url)).toBe(true);
    },
  );
});
