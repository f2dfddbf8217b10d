import { existsSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { runbookFiles } from '../charts/monitoring/runbooks/runbook-files.ts';
import type { Plan } from '../charts/plan/part.ts';

const FOLDER = join('docs', 'runbooks');

/** The runbook of every alert by its full path, with the parts that people wrote. */
export function runbookPages(plans: readonly Plan[], root: string): ReadonlyMap<string, string> {
  const folder = join(root, FOLDER);
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null);
  return new Map([...runbookFiles(plans, read)].map(([file, text]) => [join(folder, file), text]));
}

/** The names of the runbooks among pages, as alerts name them; undefined where there are none, and so nobody says. */
export function runbooksAmong(pages: readonly string[]): readonly string[] | undefined {
  const names = pages.filter((page) => page.includes(`${sep}${FOLDER}${sep}`)).map((page) => basename(page, '.md'));
  return names.length === 0 ? undefined : names;
}
