import { RUNBOOKS } from '../../annotations.ts';
import { type WrittenRule, writtenRules } from '../../promql/rule-groups.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

/**
 * Synthesis knows the pages that it writes, the command line those of the folder that --runbooks names, and a list of them may stand on the object:
 * each that an alert names must be among them. Where nobody says what is written, the alerts of an object are held to each other: where all but
 * one have their runbooks in one folder, the one that has not is a slip.
 */
export const runbooksExist: Rule = {
  id: 'runbooks-exist',
  title:
    'Every runbook that an alert names is among those that are written (--runbooks), and stands where those of the other alerts do',
  rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    const alerts = writtenRules(platform).filter(
      ({ rule }) => rule.at('annotations', 'runbook_url').text !== undefined,
    );
    const folders = foldersByObject(alerts);
    for (const alert of alerts) {
      const { at, title } = alert;
      const { folder, name } = runbookOf(alert);
      const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/) ?? platform.runbooks;
      const used = folders.get(at.resource) ?? [];
      const [shared] = used.filter((other) => other !== folder);
      const isAlone = new Set(used).size === 2 && used.filter((other) => other === folder).length === 1;
      if (written && !written.includes(name)) {
        yield {
          at,
          message: `${title} names the runbook ${name}, which is not written`,
          fix: `Write it, or name one of ${written.slice(0, 5).join(', ')}.`,
        };
      } else if (used.length > 3 && isAlone) {
        yield {
          at,
          message: `${title} has its runbook in ${folder}, but all others have theirs in ${shared}`,
          fix: 'Correct the link.',
        };
      }
    }
  },
};

/** The folders of the runbooks that each object's alerts name, one entry an alert. */
function foldersByObject(alerts: readonly WrittenRule[]): ReadonlyMap<Resource, readonly string[]> {
  const folders = new Map<Resource, string[]>();
  for (const alert of alerts) {
    const list = folders.get(alert.at.resource) ?? [];
    list.push(runbookOf(alert).folder);
    folders.set(alert.at.resource, list);
  }
  return folders;
}

function runbookOf({ rule }: WrittenRule): { readonly folder: string; readonly name: string } {
  const path = ((rule.at('annotations', 'runbook_url').text ?? '').split(/[?#]/)[0] ?? '').replace(/(\.md)?\/?$/, '');
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}
