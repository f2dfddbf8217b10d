import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface ChildProps {
  readonly name: string;
  readonly command: string;
  /** Asked at each start. */
  readonly args: () => readonly string[];
  /** @default - the runner's own */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface ChildEvents {
  readonly onLine: (name: string, line: string) => void;
  /** It ended although nobody had asked it to, and starts again after a pause of so many ms. */
  readonly onCrash: (name: string, code: number | null, pauseMs: number) => void;
}

const PATIENCE_MS = 5_000;
/** The pause after a first crash doubles with each that follows, up to the longest; after a while without one it is the first again. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;
const CALM_MS = 30_000;

/** A process of the platform that can be stopped and started again, and starts by itself after a crash. */
export class Child {
  readonly #props: ChildProps;
  readonly #events: ChildEvents;
  #process: ChildProcess | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAt = 0;
  #again: NodeJS.Timeout | undefined;

  constructor(props: ChildProps, events: ChildEvents) {
    this.#props = props;
    this.#events = events;
  }

  get name(): string {
    return this.#props.name;
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  start(): void {
    const { name, command, args, env } = this.#props;
    // A group of its own: Ctrl-C reaches the runner alone, which then stops everything in order.
    const child = spawn(command, args(), {
      env: env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#process = child;
    this.#startedAt = performance.now();
    for (const stream of [child.stdout, child.stderr]) this.#forward(stream);
    child.once('error', (error) => this.#events.onLine(name, `cannot be started: ${error.message}`));
    child.once('exit', (code) => {
      if (this.#process !== child) return;
      this.#process = undefined;
      this.#startAgain(code);
    });
  }

  async stop(): Promise<void> {
    clearTimeout(this.#again);
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
    clearTimeout(this.#again);
    this.#process?.kill('SIGKILL');
  }

  #startAgain(code: number | null): void {
    const calm = performance.now() - this.#startedAt > CALM_MS;
    const pauseMs = calm ? FIRST_PAUSE_MS : this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    this.#events.onCrash(this.#props.name, code, pauseMs);
    this.#again = setTimeout(() => this.start(), pauseMs);
  }

  #forward(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => this.#events.onLine(this.#props.name, line));
  }
}
