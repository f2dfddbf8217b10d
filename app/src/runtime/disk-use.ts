import { opendir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Files counted at most: /tmp of a service holds next to nothing, and a scrape must stay cheap if that is ever untrue. */
const MAX_FILES = 5_000;

/**
 * Use of a folder in percent of what it may hold.
 * @param limitBytes the `sizeLimit` of the volume; without it, the whole file system's figures are taken
 */
export async function diskUsePercent(folder: string, limitBytes: number | undefined): Promise<number> {
  if (limitBytes !== undefined) return (100 * (await folderBytes(folder))) / limitBytes;
  const { blocks, bavail } = await statfs(folder);
  return blocks === 0 ? 0 : (100 * (blocks - bavail)) / blocks;
}

async function folderBytes(folder: string): Promise<number> {
  let [sum, files] = [0, 0];
  for await (const entry of await opendir(folder, { recursive: true })) {
    if (++files > MAX_FILES) break;
    sum += await allocatedBytes(join(entry.parentPath, entry.name));
  }
  return sum;
}

/** A file may vanish between the listing and the look at it. */
async function allocatedBytes(file: string): Promise<number> {
  const found = await stat(file).catch(() => undefined);
  return found === undefined ? 0 : found.blocks * 512;
}
