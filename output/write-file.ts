import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that a reader sees the old or the new content, never a half. */
export function writeFileWhole(file: string, content: string): void {
  const staging = `${file}.new`;
  writeFileSync(staging, content);
  renameSync(staging, file);
}
