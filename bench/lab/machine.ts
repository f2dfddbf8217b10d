import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { basename } from 'node:path';
import { STORE_PROGRAM } from './redis.ts';

/** What the figures were measured on, for the head of a record. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, Linux, Node ${process.versions.node}, ${redisVersion()}`;
}

function redisVersion(): string {
  const text = execFileSync(STORE_PROGRAM, ['--version'], { encoding: 'utf8' });
  return `${basename(STORE_PROGRAM)} ${/v=([\d.]+)/.exec(text)?.[1] ?? 'unknown'}`;
}

/** Today, as a record is dated. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
