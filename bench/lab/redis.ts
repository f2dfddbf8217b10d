import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { loadStoreFunctions } from '../../app/dev/store-functions.ts';
import { findProgram } from '../../test/requires.ts';
import { LOAD_CORE, pinned } from './cores.ts';
import { freePort } from './server.ts';

/** The line that ships, where it is installed; without it the disks of replicas cannot be measured. */
export const STORE_PROGRAM = findProgram('valkey-server') ?? 'redis-server';

/** A store of the benchmark's own, durable as in production: every write on disk before its answer. */
export interface BenchRedis {
  readonly url: string;
  /** Starts replicas beside it and waits until they have everything. @returns a function that ends them */
  follow(replicas: number): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Starts a server on the load's core, in a folder that goes with it. */
export async function startRedis(options: readonly string[] = []): Promise<BenchRedis> {
  const { port, stop } = await startServer(options);
  const url = `redis://127.0.0.1:${port}/0`;
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
  client.on('error', () => undefined);
  await within(10_000, loadStoreFunctions(client));
  client.disconnect();
  const follow = async (replicas: number) => {
    const options = ['--replicaof', `127.0.0.1 ${port}`, '--repl-diskless-sync-delay', '0'];
    const followers = await Promise.all(Array.from({ length: replicas }, () => startServer(options)));
    await within(30_000, untilFollowed(url, replicas));
    return async () => {
      await Promise.all(followers.map((follower) => follower.stop()));
    };
  };
  return { url, follow, stop };
}

async function startServer(options: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-redis-'));
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: 'yes', appendfsync: 'always' };
  const flags = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]);
  const [command, args] = pinned(LOAD_CORE, [STORE_PROGRAM, ...flags, ...options]);
  const child = spawn(command, [...args], { stdio: 'ignore' });
  const stop = () =>
    new Promise<void>((resolve) => {
      child.once('exit', () => {
        rmSync(folder, { recursive: true, force: true });
        resolve();
      });
      child.kill('SIGTERM');
    });
  return { port, stop };
}

async function untilFollowed(url: string, replicas: number): Promise<void> {
  const client = new Redis(url);
  const online = async () => (await client.info('replication')).match(/state=online/g)?.length ?? 0;
  while ((await online()) < replicas) await pause(100);
  client.disconnect();
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const limit = pause(ms, undefined, { ref: false }).then(() => Promise.reject(new Error('the store did not answer')));
  return Promise.race([work, limit]);
}
