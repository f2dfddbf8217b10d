import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ManifestFile } from '../../charts/plan/manifest.ts';
import type { Plan } from '../../charts/plan/part.ts';
import { fillBlocks, generatedBlocks, PAGES } from './generated-blocks.ts';

/** The pages that hold diagrams and figures of the platform, brought up to date: text by path. */
export function updatedPages(
  plans: readonly Plan[],
  files: readonly ManifestFile[],
  root: string,
): ReadonlyMap<string, string> {
  const blocks = generatedBlocks(plans, files);
  const paths = PAGES.map((page) => join(root, page)).filter((path) => existsSync(path));
  return new Map(paths.map((path) => [path, fillBlocks(readFileSync(path, 'utf8'), blocks)]));
}
