import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A real program that runs until it is stopped; what it says is kept for the message of a failing test. */
export class Daemon {
  readonly #process: ChildProcess;
  #output = '';

  constructor(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#process = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-20_000);
      });
    }
  }

  /** The last lines that it wrote. */
  get output(): string {
    return this.#output;
  }

  /** What daemons do on a SIGHUP: read their files again. */
  reload(): void {
    this.#process.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const limit = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(limit);
  }
}
