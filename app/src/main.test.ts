import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../test/eventually.ts';
import { freePort } from '../../test/real-redis.ts';
import { untilReady, urlsOf } from '../../test/run-app.ts';
import { bundleApp } from '../../test/service-process.ts';

const FRONT = {
  SERVICE: 'front',
  ENVIRONMENT: 'dev',
  DEFAULT_SECRETS: 'true',
  ...urlsOf('front'),
  REDIS_URL: 'redis://127.0.0.1:9',
  HTTP_PORT: '0',
  ADMIN_PORT: '0',
};

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly errors: () => string;
}

let program = '';
beforeAll(async () => {
  program = await bundleApp();
});
afterAll(() => rmSync(program, { recursive: true }));

let running: ChildProcess | undefined;
afterEach(() => {
  running?.kill('SIGKILL');
});

/** The program as the image has it, or a fixture. */
function start(env: Record<string, string>, script: readonly string[] = [join(program, 'main.mjs')]): Started {
  const child = spawn(process.execPath, script, { env: { PATH: process.env['PATH'], ...env } });
  running = child;
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return { child, output: () => output, errors: () => errors };
}

async function portsOf(started: Started): Promise<{ httpPort: number; adminPort: number }> {
  return eventually(() => {
    const line = started
      .output()
      .split('\n')
      .find((text) => text.includes('"listening"'));
    if (line === undefined) throw new Error(`not listening: ${started.errors()}`);
    return JSON.parse(line);
  });
}

describe('the process', () => {
  it('refuses a bad configuration with every problem and without a stack', async () => {
    const { child, errors } = start({ SERVICE: 'quotes', ENVIRONMENT: 'staging', HTTP_PORT: 'x' });
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(errors()).toContain('HTTP_PORT');
    expect(errors()).toContain('ADMIN_KEY');
    expect(errors()).toContain('REDIS_URL');
    expect(errors()).not.toContain('    at ');
  });

  it('on SIGTERM turns unready, serves on while balancers notice, closes, and exits with 0', async () => {
    const started = start({ ...FRONT, DRAIN_SECONDS: '1', SHUTDOWN_SECONDS: '10' });
    const { httpPort, adminPort } = await portsOf(started);
    const idle = connect(httpPort, '127.0.0.1');
    await once(idle, 'connect');
    const idleClosed = once(idle, 'close');
    started.child.kill('SIGTERM');
    await eventually(async () => expect((await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status).toBe(503));
    const served = await fetch(`http://127.0.0.1:${httpPort}/health`);
    expect(served.status).toBe(200);
    expect(served.headers.get('connection')).toBe('close');
    expect((await fetch(`http://127.0.0.1:${adminPort}/healthz`)).status).toBe(200);
    await served.text();
    const [code] = await once(started.child, 'exit');
    await idleClosed;
    expect(code).toBe(0);
    await expect(fetch(`http://127.0.0.1:${httpPort}/health`)).rejects.toThrow();
    const order = ['"stopping"', '"draining"', '"stopped"'].map((text) => started.output().indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('on SIGTERM does not wait for requests that are half sent', async () => {
    const started = start({ ...FRONT, DRAIN_SECONDS: '0', SHUTDOWN_SECONDS: '10' });
    const { httpPort } = await portsOf(started);
    const half = connect(httpPort, '127.0.0.1');
    half.on('error', () => {});
    half.write('GET / HTTP/1.1\r\nHost: x\r\n');
    await once(half, 'connect');
    await fetch(`http://127.0.0.1:${httpPort}/health`);
    started.child.kill('SIGTERM');
    expect(await once(started.child, 'exit')).toEqual([0, null]);
  });

  it('gives up at the hard limit, with 1, when a request does not end', async () => {
    const env = { ...FRONT, DRAIN_SECONDS: '0', SHUTDOWN_SECONDS: '1' };
    const started = start(env, ['--import', 'tsx', 'test/fixtures/hanging-service.ts']);
    const { httpPort, adminPort } = await portsOf(started);
    fetch(`http://127.0.0.1:${httpPort}/slow`).catch(() => {});
    await eventually(async () => {
      expect(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()).toMatch(/requests_in_flight\S* 1/);
    });
    started.child.kill('SIGTERM');
    expect(await once(started.child, 'exit')).toEqual([1, null]);
    expect(started.output()).toContain('shutdown took too long');
  });

  it('on SIGTERM ends in time though nobody reads its log', async () => {
    const [httpPort, adminPort] = [await freePort(), await freePort()];
    const env = { PATH: process.env['PATH'], ...FRONT, HTTP_PORT: String(httpPort), ADMIN_PORT: String(adminPort) };
    running = spawn(process.execPath, [join(program, 'main.mjs')], {
      env: { ...env, DRAIN_SECONDS: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await untilReady({ adminUrl: `http://127.0.0.1:${adminPort}` });
    // A pipe holds 64 KiB, which is some two hundred lines.
    for (let count = 0; count < 600; count++) await (await fetch(`http://127.0.0.1:${httpPort}/health`)).text();
    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
  });

  it('logs an unhandled error and exits with 1', async () => {
    const started = start(FRONT, ['--import', 'tsx', 'test/fixtures/crashing-service.ts']);
    expect(await once(started.child, 'exit')).toEqual([1, null]);
    expect(started.output()).toContain('unhandled error');
    expect(started.output()).toContain('thrown where nobody catches');
  });
});
