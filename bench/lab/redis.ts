import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { loadStoreFunctions } from '../../app/dev/store-functions.ts';
import { LOAD_CORE, pinned } from './cores.ts';
import { freePort } from './server.ts';

/** A Redis of the benchmark's own, durable as in production: every write on disk before its answer. */
export interface BenchRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts redis-server on the load's core, in a folder that goes with it. */
export async function startRedis(): Promise<BenchRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' };
  const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const [command, args] = pinned(LOAD_CORE, ['redis-server', ...flags]);
  const child = spawn(command, [...args], { stdio: 'ignore' });
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await Promise.race([
    client.ping(),
    pause(10_000, undefined, { ref: false }).then(() => Promise.reject(new Error('redis-server did not answer'))),
  ]);
  await loadStoreFunctions(client);
  client.disconnect();
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        child.kill('SIGTERM');
      }),
  };
}
