import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { loadStoreFunctions } from '../app/dev/store-functions.ts';

/** Where there is memory to write to: these servers lose their process and never their power, and other suites keep the disk busy for seconds. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A private redis-server on a free port of the loopback address, with its own folder. */
export class RealRedis {
  readonly port: number;
  readonly folder: string;
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #file: string | undefined;
  #process: ChildProcess | undefined;

  private constructor(program: string, port: number, folder: string, args: readonly string[], file?: string) {
    this.#program = program;
    this.port = port;
    this.folder = folder;
    this.#args = args;
    this.#file = file;
  }

  /** Starts a server; `args` are options of redis-server, such as `--appendonly yes`. */
  static async start(program: string, args: readonly string[] = []): Promise<RealRedis> {
    const folder = await mkdtemp(join(MEMORY, 'real-redis-'));
    const server = new RealRedis(program, await freePort(), folder, args);
    await server.restart();
    return server;
  }

  /** Starts a Sentinel with a configuration file, which it will rewrite. */
  static async startSentinel(program: string, file: string): Promise<RealRedis> {
    const folder = await mkdtemp(join(tmpdir(), 'real-sentinel-'));
    const server = new RealRedis(program, await freePort(), folder, ['--sentinel'], file);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts the server again on the same port and folder, and waits until it answers. */
  async restart(): Promise<void> {
    const file = this.#file === undefined ? [] : [this.#file];
    const snapshots = this.#file === undefined ? ['--save', ''] : [];
    const fixed = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, ...snapshots];
    this.#process = spawn(this.#program, [...file, ...fixed, ...this.#args], { stdio: 'ignore' });
    const client = new Redis(this.port, '127.0.0.1', { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
    await client.call('PING').catch(unless('NOAUTH'));
    // A replica gets the functions from its primary.
    if (this.#file === undefined) await loadStoreFunctions(client).catch(unless('NOAUTH', 'READONLY'));
    client.disconnect();
  }

  /** Stops the process without any chance to write what it still holds. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }

  /** Pauses or resumes the process: a server that is there but does not answer. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(signal);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

function unless(...codes: readonly string[]): (error: Error) => void {
  return (error) => {
    if (!codes.some((code) => error.message.startsWith(code))) throw error;
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
