import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK = 'runner.pid';

/** A folder that two runners must not use at once: two servers that append to one file spoil it. */
export class DataFolder {
  readonly path: string;
  readonly #lock: string;
  #held = false;

  constructor(path: string) {
    this.path = path;
    this.#lock = join(path, LOCK);
  }

  /**
   * Takes the folder for this process until it ends or calls `release`.
   * @throws Error where another process that runs has it
   */
  acquire(): void {
    mkdirSync(this.path, { recursive: true });
    const owner = this.#owner();
    if (owner !== undefined) {
      throw new Error(
        `${this.path} is in use by process ${owner}; end that platform, or give this one another folder (DEV_DATA) or port (--port)`,
      );
    }
    writeFileSync(this.#lock, String(process.pid));
    this.#held = true;
  }

  release(): void {
    if (this.#held) rmSync(this.#lock, { force: true });
  }

  remove(): void {
    this.acquire();
    rmSync(this.path, { recursive: true, force: true });
  }

  /** The process that has the folder; undefined where it is free, or its owner died without releasing it. */
  #owner(): number | undefined {
    if (!existsSync(this.#lock)) return undefined;
    const pid = Number(readFileSync(this.#lock, 'utf8'));
    return pid !== process.pid && isRunning(pid) ? pid : undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
