import type { Plan } from '../../plan/part.ts';
import { alertFamilies } from './alert-families.ts';
import { runbookIndex } from './runbook-index.ts';
import { runbookPage } from './runbook-page.ts';

/** Every page of docs/runbooks/ by file name, given what the folder holds now: hand-written parts stay as they are. */
export function runbookFiles(
  plans: readonly Plan[],
  existing: (file: string) => string | null,
): ReadonlyMap<string, string> {
  const families = alertFamilies(plans.flatMap(({ monitoring }) => monitoring ?? []));
  return new Map([
    ['README.md', runbookIndex(families)],
    ...families.map((family): [string, string] => [
      `${family.name}.md`,
      runbookPage(family, existing(`${family.name}.md`)),
    ]),
  ]);
}
