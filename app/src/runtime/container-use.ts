import { readFileSync } from 'node:fs';
import { opendir, stat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

const CGROUP_ROOT = '/sys/fs/cgroup';

/** What a container may use and uses now; each figure falls back to the host's or the process's own where there is no cgroup v2. */
export interface ContainerUse {
  /** CPUs that the limit allows, in cores. */
  readonly cpuLimit: number;
  /** CPU time used since start, in microseconds. */
  readonly cpuUsedMicros: number;
  readonly memoryLimit: number;
  /** Working set in bytes: what the kubelet compares with the limit, so without the inactive page cache. */
  readonly memoryUsed: number;
}

/** Reads the container's use; synchronous, for procfs-like files answer from memory and a scrape is rare. */
export function readContainerUse(root: string = CGROUP_ROOT): ContainerUse {
  const own = process.cpuUsage();
  const used = field(read(root, 'cpu.stat'), 'usage_usec');
  const memory = number(read(root, 'memory.current'));
  const inactive = field(read(root, 'memory.stat'), 'inactive_file') ?? 0;
  return {
    cpuLimit: cpuLimit(read(root, 'cpu.max')),
    cpuUsedMicros: used ?? own.user + own.system,
    memoryLimit: Math.min(number(read(root, 'memory.max')) ?? Number.POSITIVE_INFINITY, totalmem()),
    memoryUsed: memory === undefined ? process.memoryUsage.rss() : Math.max(0, memory - inactive),
  };
}

/** `cpu.max` is "quota period" in microseconds, or "max period". */
function cpuLimit(text: string | undefined): number {
  const [quota, period] = (text ?? '').split(' ').map(Number);
  return quota && period ? quota / period : availableParallelism();
}

function read(root: string, file: string): string | undefined {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}

/** "max" and an absent file are no number. */
function number(text: string | undefined): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function field(text: string | undefined, name: string): number | undefined {
  const line = text?.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return number(line?.slice(name.length));
}

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
