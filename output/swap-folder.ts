import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Replaces a folder by the given files, all or nothing: they are written beside it first, and only then take its place.
 * Whatever goes wrong before, the folder is as it was.
 * @param folder the folder to replace; made where there is none
 * @param files content by path relative to the folder
 * @throws where the folder could neither be replaced nor put back, with the place where its content is kept
 */
export function swapFolder(folder: string, files: ReadonlyMap<string, string>): void {
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  // The folders inside it get the usual permissions; this one is for its owner alone.
  const work = mkdtempSync(`${target}.swap-`);
  const [next, old] = [join(work, 'new'), join(work, 'old')];
  try {
    writeFiles(next, files);
    if (existsSync(target)) renameSync(target, old);
    renameSync(next, target);
  } finally {
    putBack(old, target);
    rmSync(work, { recursive: true, force: true });
  }
}

function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder);
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** Where the new folder could not take the place, the old one gets it again; and where not even that works, nobody deletes it. */
function putBack(old: string, target: string): void {
  if (!existsSync(old) || existsSync(target)) return;
  try {
    renameSync(old, target);
  } catch (cause) {
    throw new Error(`${target} could not be put back: its content is in ${old}; move it there by hand`, { cause });
  }
}
