import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { pinned } from './cores.ts';
import { cpuSeconds, residentMiB } from './process-use.ts';

export interface ServerProps {
  readonly name: string;
  readonly core: number;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answered with 200 when the server can be measured. */
  readonly readyUrl: string;
}

/** A server of this machine, on one core, ended by the benchmark that started it. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  /** From the start of the process to the first 200 of its ready URL. */
  readonly readyMs: number;
  cpuSeconds(): number;
  residentMiB(): number;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 120_000;

/** Starts a server and waits until it is ready. @throws with what it printed when it ends or stays unready */
export async function startServer(props: ServerProps): Promise<Server> {
  const [command, args] = pinned(props.core, props.command);
  const begin = performance.now();
  const child = spawn(command, [...args], {
    env: { ...process.env, ...props.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const pid = child.pid ?? 0;
  try {
    await untilReady(child, props.readyUrl);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${props.name} did not start: ${String(error)}\n${errors.join('').slice(-2_000)}`);
  }
  return {
    name: props.name,
    pid,
    readyMs: performance.now() - begin,
    cpuSeconds: () => cpuSeconds(pid),
    residentMiB: () => residentMiB(pid),
    stop: () => stop(child),
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const ready = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`no 200 from ${url} within ${READY_WITHIN_MS / 1_000} s`);
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
