import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Replaces a folder by the given files, all or nothing: they are written beside it first, and only then take its place.
 * Whatever goes wrong before, the folder is as it was.
 * @param folder the folder to replace; made where there is none
 * @param files content by path relative to the folder
 */
export function swapFolder(folder: string, files: ReadonlyMap<string, string>): void {
  const target = resolve(folder);
  mkdirSync(dirname(target), { recursive: true });
  const staging = mkdtempSync(`${target}.new-`);
  const old = `${staging}-old`;
  try {
    for (const [path, content] of files) {
      const file = join(staging, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    const existed = existsSync(target);
    if (existed) renameSync(target, old);
    putInPlace(staging, target, existed ? old : null);
  } finally {
    rmSync(staging, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function putInPlace(staging: string, target: string, old: string | null): void {
  try {
    renameSync(staging, target);
  } catch (error) {
    if (old !== null) renameSync(old, target);
    throw error;
  }
}
