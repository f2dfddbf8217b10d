import { join } from 'node:path';
import { type Platform, synthesize } from '../charts/platform.ts';
import { changesBetween, differingFiles } from './changes.ts';
import { fileText } from './manifest-yaml.ts';
import { readFolder } from './read-folder.ts';
import { summary } from './summary.ts';
import { swapFolder } from './swap-folder.ts';

/**
 * Synthesizes the platform and writes dist/ below the given folder, all or nothing.
 * @returns what to tell the person who ran it
 * @throws PlatformError before anything is written
 */
export function writePlatform(platform: Platform, root: string): string {
  const files = synthesize(platform);
  const texts = new Map(files.map((file) => [file.path, fileText(file)]));
  const dist = join(root, 'dist');
  const { before, after } = differingFiles(readFolder(dist), texts);
  if (before.size > 0 || after.size > 0) swapFolder(dist, texts);
  return summary(platform, files, changesBetween(before, after));
}
