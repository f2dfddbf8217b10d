import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planPorts, takenPorts } from '../app/dev/ports.ts';
import { run } from '../delivery/run.ts';
import { eventually } from '../test/eventually.ts';
import { requireStore } from '../test/real-store.ts';

const ROOT = join(import.meta.dirname, '..');
interface Runner {
  readonly url: string;
  readonly dataFolder: string;
  readonly process: ChildProcess;
  readonly output: () => string;
}

/** Ends what a start prints. */
const LAST_LINE = 'Ctrl-C stops everything.';

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
  return { url, dataFolder: folder, process: child, output: () => text };
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

/** A second platform on the data of the first must say no, and leave the first alone. */
async function refusesSameData({ dataFolder }: Runner): Promise<void> {
  const env = {
    ...process.env,
    DEV_PORT: String(await freeRange()),
    DEV_DATA: dataFolder,
    DEV_STORE: '',
    REDIS_URL: '',
  };
  const second = await run(process.execPath, ['--import', 'tsx', 'app/dev/main.ts'], {
    cwd: ROOT,
    env,
    timeoutMs: 20_000,
  });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('is in use by process');
}

async function refuses(url: string): Promise<boolean> {
  return await fetch(url).then(
    () => false,
    () => true,
  );
}

/** Addresses of this machine under which others see it. */
function otherAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

/** `npm run game-day` against it. */
async function gameDay({ url, dataFolder }: Runner, ...args: string[]) {
  return await run(process.execPath, ['--import', 'tsx', 'app/dev/game-day.ts', '--port', new URL(url).port, ...args], {
    cwd: ROOT,
    env: { DEV_DATA: dataFolder },
    timeoutMs: 60_000,
  });
}

async function browse(url: string): Promise<string> {
  return await (await fetch(`${url}/browse`, { headers: { accept: 'text/html' } })).text();
}

describe('npm run dev', () => {
  it('runs everything in one process where there is no Redis, and says so', async () => {
    const runner = await startDev({ DEV_STORE: 'emulated' });
    await eventually(() => expect(runner.output()).toContain(LAST_LINE));
    expect(runner.output()).toMatch(/Ready in \d/);
    expect(runner.output()).toContain('an emulation of Redis inside one process');
    expect(runner.output()).toContain('Admin key: dev-admin-key');
    await eventually(async () => expect(await browse(runner.url)).toContain('Jane Austen'));
    expect(await gameDay(runner, 'service-killed')).toMatchObject({ code: 0, stderr: '' });
    // The emulation is no process of its own that could be frozen.
    expect(await gameDay(runner, 'store-frozen')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('service-killed'),
    });
    for (const address of otherAddresses()) expect(await refuses(runner.url.replace('localhost', address))).toBe(true);
    expect(await stop(runner.process)).toBe(0);
    expect(await refuses(runner.url)).toBe(true);
  });

  it.skipIf(requireStore('valkey-server') === undefined)(
    'starts a private redis-server where there is one, and restarts on a change',
    async () => {
      const runner = await startDev({ DEV_STORE: '', REDIS_URL: '' });
      await eventually(() => expect(runner.output()).toContain(LAST_LINE), { withinMs: 30_000 });
      expect(runner.output()).toContain('a private /');
      await eventually(async () => expect(await browse(runner.url)).toContain('Jane Austen'));
      expect(runner.output()).toMatch(/quotes +http:\/\/localhost:\d+/);
      await refusesSameData(runner);
      const now = new Date();
      await utimes(join(ROOT, 'app/src/services/front/assets/icon.svg'), now, now);
      await eventually(() => expect(runner.output()).toMatch(/Ready again in .*; restarted: front\n/), {
        withinMs: 30_000,
      });
      expect(await stop(runner.process)).toBe(0);
      expect(await refuses(runner.url)).toBe(true);
    },
  );

  it.skipIf(requireStore('valkey-server') === undefined)(
    'serves again after a rehearsal has killed a service and frozen its store, and each shows in a figure',
    async () => {
      const runner = await startDev({ DEV_STORE: '', REDIS_URL: '' });
      await eventually(() => expect(runner.output()).toContain(LAST_LINE), { withinMs: 30_000 });
      await eventually(async () => expect(await browse(runner.url)).toContain('Jane Austen'));
      const rehearse = (...args: string[]) => gameDay(runner, ...args);
      for (const fault of ['service-killed', 'store-frozen']) {
        const { code, stdout, stderr } = await rehearse(fault);
        expect(stderr).toBe('');
        expect(stdout).toContain('what the runbook asks for shows it');
        expect(stdout).toMatch(new RegExp(`Served again after [\\d.]+ s\\. It was ${fault}\\.`));
        expect(code).toBe(0);
      }
      expect((await rehearse('a-fault-that-is-not')).code).toBe(2);
      expect(await stop(runner.process)).toBe(0);
      // Nothing to break is said, and is no success.
      expect(await rehearse('service-killed')).toMatchObject({ code: 2, stderr: expect.stringContaining('game-day:') });
    },
    120_000,
  );
});
