import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that a reader sees the old or the new content, never a half; a file that holds it already is left alone. */
export function writeFileWhole(file: string, content: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  const staging = `${file}.new`;
  writeFileSync(staging, content);
  renameSync(staging, file);
}
