import { RUNBOOKS } from '../../annotations.ts';
import { type WrittenRule, writtenRules } from '../../promql/rule-groups.ts';
import type { Rule } from '../../rule.ts';

/**
 * Where the written runbooks are listed, each that an alert names must be among them. Elsewhere the alerts of a namespace are held to each other:
 * where all but one have their runbooks in one folder, the one that has not is a slip.
 */
export const runbooksExist: Rule = {
  id: 'runbooks-exist',
  title: 'Every runbook that an alert names is written, and stands where the others do',
  rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    const alerts = writtenRules(platform).filter(
      ({ rule }) => rule.at('annotations', 'runbook_url').text !== undefined,
    );
    for (const alert of alerts) {
      const { at, title } = alert;
      const { folder, name } = runbookOf(alert);
      const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/);
      const neighbours = alerts.filter((other) => other.at.resource === at.resource && other !== alert).map(runbookOf);
      const [shared] = new Set(neighbours.map((other) => other.folder));
      if (written && !written.includes(name)) {
        yield {
          at,
          message: `${title} names the runbook ${name}, which is not written`,
          fix: `Write it, or name one of ${written.slice(0, 5).join(', ')}.`,
        };
      } else if (neighbours.length > 2 && folder !== shared && neighbours.every((other) => other.folder === shared)) {
        yield {
          at,
          message: `${title} has its runbook in ${folder}, but all others have theirs in ${shared}`,
          fix: 'Correct the link.',
        };
      }
    }
  },
};

function runbookOf({ rule }: WrittenRule): { readonly folder: string; readonly name: string } {
  const path = (rule.at('annotations', 'runbook_url').text ?? '').replace(/[?#].*$/, '').replace(/(\.md)?\/?$/, '');
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}
