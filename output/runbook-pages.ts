import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runbookFiles } from '../charts/monitoring/runbooks/runbook-files.ts';
import type { Platform } from '../charts/platform.ts';

/** The runbook of every alert by its full path, with the parts that people wrote. */
export function runbookPages(platform: Platform, root: string): ReadonlyMap<string, string> {
  const folder = join(root, 'docs/runbooks');
  mkdirSync(folder, { recursive: true });
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null);
  return new Map([...runbookFiles(platform, read)].map(([file, text]) => [join(folder, file), text]));
}
