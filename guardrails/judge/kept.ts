import { createHash, type Hash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt } from '../attempt.ts';
import { judgeFolder } from './locate.ts';

const ANSWERS_KEPT_AT_MOST = 1000;
const BYTES_KEPT_AT_MOST = 64 * 1024 * 1024;

/** Answers are kept of what `npm run judge` installed, and not under CI=true, where each run asks anew. */
export function isKept(program: string): boolean {
  return process.env['CI'] !== 'true' && dirname(program) === judgeFolder();
}

/** Takes what is asked of a program: the same program gives the same answers. */
export function hashOf(program: string): Hash {
  const { size, mtimeMs } = fs.statSync(program);
  return createHash('sha256').update(`${fs.realpathSync(program)} ${size} ${mtimeMs}\n`);
}

/** Where the answers to what it took are kept, or will be. */
export function placeOf(asked: Hash): string {
  return join(judgeFolder(), 'answers', asked.digest('hex'));
}

/** Keeps answers, and as many of the latest others as fit. A folder that cannot be written keeps nothing. */
export function keep(place: string, answers: string): void {
  const folder = dirname(place);
  const fresh = `${place}.${process.pid}`;
  try {
    // They quote manifests, which may not be for everybody on the machine.
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(fresh, answers, { mode: 0o600 });
    fs.renameSync(fresh, place);
    prune(folder);
  } catch {
    remove(fresh);
  }
}

/** Where the folder is a file, or another's, even that there is nothing is an error. */
function remove(file: string): void {
  attempt(() => fs.rmSync(file, { force: true }));
}

function prune(folder: string): void {
  const files = fs.readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const { size = 0, mtimeMs = 0 } = fs.statSync(file, { throwIfNoEntry: false }) ?? {};
    return { file, size, mtimeMs };
  });
  let bytes = 0;
  for (const [index, { file, size }] of files.toSorted((one, other) => other.mtimeMs - one.mtimeMs).entries()) {
    bytes += size;
    if (index >= ANSWERS_KEPT_AT_MOST || bytes > BYTES_KEPT_AT_MOST) remove(file);
  }
}
