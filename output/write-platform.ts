import { join } from 'node:path';
import type { ComposeSpecification } from 'compose-spec-ts';
import { type ManifestFile, type Platform, synthesize } from '../charts/platform.ts';
import { changesBetween, differingFiles } from './changes.ts';
import { judge } from './judge.ts';
import { composeText, fileText } from './manifest-yaml.ts';
import { readFolder } from './read-folder.ts';
import { runbooksAmong } from './runbook-pages.ts';
import { summary } from './summary.ts';
import { swapFolder } from './swap-folder.ts';
import { writeFileWhole } from './write-file.ts';

/** What is generated beside dist/; asked only when the platform holds together. */
export interface Companions {
  readonly compose: () => ComposeSpecification;
  /** Pages with generated blocks, by their full path. */
  readonly pages: (files: readonly ManifestFile[]) => ReadonlyMap<string, string>;
}

/**
 * Synthesizes the platform and writes dist/, compose.yaml and the generated blocks of the documentation below the given folder,
 * all or nothing.
 * @returns what to tell the person who ran it
 * @throws PlatformError or GuardrailError before anything is written
 */
export function writePlatform(platform: Platform, companions: Companions, root: string): string {
  const files = synthesize(platform);
  const texts = new Map(files.map((file) => [file.path, fileText(file)]));
  const composed = composeText(companions.compose());
  const pages = companions.pages(files);
  const dist = join(root, 'dist');
  const { before, after } = differingFiles(readFolder(dist), texts);
  const verdict = judge(files, texts, { before, runbooks: runbooksAmong([...pages.keys()]) });
  if (before.size > 0 || after.size > 0) swapFolder(dist, texts);
  writeFileWhole(join(root, 'compose.yaml'), composed);
  for (const [path, text] of pages) writeFileWhole(path, text);
  return `${summary(platform, files, changesBetween(before, after))}\n\n${verdict}`;
}
