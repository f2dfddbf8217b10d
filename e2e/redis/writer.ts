import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PORTS } from '../../app/contract.ts';
import { firstPassword, type RedisGroup } from './redis-group.ts';

const USER = 'quotes';

/** A process that writes as the services do, and what it has been told. */
export class Writer {
  /** Ids whose write was acknowledged. */
  readonly acknowledged: string[] = [];
  /** Why writes were not acknowledged. */
  readonly refusals = new Map<string, number>();
  private lastAt = 0;
  private readonly child: ChildProcess;

  constructor(group: RedisGroup, prefix: string) {
    const sentinels = group.sentinels.map(({ host }) => `${host}:${PORTS.sentinel}`).join(',');
    const program = fileURLToPath(new URL('./writer-process.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', program, sentinels, USER, String(group.replicas), prefix],
      {
        env: group.network.environment,
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    child.stdin.end(firstPassword(USER));
    createInterface({ input: child.stdout }).on('line', (line) => this.note(line));
    this.child = child;
  }

  private note(line: string): void {
    const text = line.slice(1);
    if (line.startsWith('+')) {
      this.acknowledged.push(text);
      this.lastAt = Date.now();
    } else {
      this.refusals.set(text, (this.refusals.get(text) ?? 0) + 1);
    }
  }

  /** Whether a write has been acknowledged since then. */
  wroteSince(time: number): boolean {
    return this.lastAt > time;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await ended;
  }
}
