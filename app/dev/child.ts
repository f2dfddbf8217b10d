import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ChildProps {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** @default - the runner's own */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ChildEvents {
  readonly onLine: (name: string, line: string) => void;
  /** It ended although nobody had asked it to. */
  readonly onCrash: (name: string, code: number | null) => void;
}

/** After this time a process that was asked to end is ended. */
const PATIENCE_MS = 5_000;

/** A process of the platform that can be stopped and started again. */
export class Child {
  readonly #props: ChildProps;
  readonly #events: ChildEvents;
  #process: ChildProcess | undefined;

  constructor(props: ChildProps, events: ChildEvents) {
    this.#props = props;
    this.#events = events;
  }

  start(): void {
    const { name, command, args, env } = this.#props;
    // A group of its own: Ctrl-C reaches the runner alone, which then stops everything in order.
    const child = spawn(command, args, { env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) this.#forward(stream);
    child.once('error', (error) => this.#events.onLine(name, `cannot be started: ${error.message}`));
    child.once('exit', (code) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#events.onCrash(name, code);
    });
  }

  /** Asks it to end and waits until it has; at once where it does not run. */
  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const limit = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.kill('SIGTERM');
    await once(child, 'exit');
    clearTimeout(limit);
  }

  /** For the very end, when nothing can be waited for. */
  kill(): void {
    this.#process?.kill('SIGKILL');
  }

  #forward(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => this.#events.onLine(this.#props.name, line));
  }
}
