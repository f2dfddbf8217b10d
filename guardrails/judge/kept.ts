import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { judgeFolder } from './locate.ts';

const ANSWERS_AT_MOST = 1000;
const BYTES_AT_MOST = 64 * 1024 * 1024;

/**
 * Where the answers to these questions are kept, or will be: the same program gives the same answers. Undefined for a program that was not installed
 * by `npm run judge`, and under CI=true, where each run asks anew.
 */
export function placeOf(program: string, questions: string): string | undefined {
  if (process.env['CI'] === 'true' || dirname(program) !== judgeFolder()) return undefined;
  const { size, mtimeMs } = statSync(program);
  const digest = createHash('sha256')
    .update(`${realpathSync(program)} ${size} ${mtimeMs}\n${questions}`)
    .digest('hex');
  return join(judgeFolder(), 'answers', digest);
}

/** What is kept there, if anything. */
export function recall(place: string): string | undefined {
  try {
    return readFileSync(place, 'utf8');
  } catch {
    return undefined;
  }
}

/** Keeps answers, and as many of the latest others as fit. A folder that cannot be written keeps nothing. */
export function keep(place: string, answers: string): void {
  const folder = dirname(place);
  const fresh = `${place}.${process.pid}`;
  try {
    // They quote manifests, which may not be for everybody on the machine.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(fresh, answers, { mode: 0o600 });
    renameSync(fresh, place);
    prune(folder);
  } catch {
    remove(fresh);
  }
}

/** Where the folder is a file, or another's, even that there is nothing is an error. */
function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

function prune(folder: string): void {
  const files = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const { size = 0, mtimeMs = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
    return { file, size, mtimeMs };
  });
  let bytes = 0;
  for (const [index, { file, size }] of files.toSorted((one, other) => other.mtimeMs - one.mtimeMs).entries()) {
    bytes += size;
    if (index >= ANSWERS_AT_MOST || bytes > BYTES_AT_MOST) remove(file);
  }
}
