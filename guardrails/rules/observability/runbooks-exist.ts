import { RUNBOOKS } from '../../annotations.ts';
import { writtenRules } from '../../promql/rule-groups.ts';
import type { Rule } from '../../rule.ts';

/** Quiet where nobody says which runbooks are written. */
export const runbooksExist: Rule = {
  id: 'runbooks-exist',
  title: 'Every runbook that an alert names is written',
  rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    for (const { at, rule, title } of writtenRules(platform)) {
      const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/);
      const { text: url } = rule.at('annotations', 'runbook_url');
      const name = url
        ?.replace(/[?#].*$/, '')
        .replace(/(\.md)?\/?$/, '')
        .split('/')
        .at(-1);
      if (!written || name === undefined || written.includes(name)) continue;
      yield {
        at,
        message: `${title} names the runbook ${name}, which is not written`,
        fix: `Write it, or name one of ${written.slice(0, 5).join(', ')}.`,
      };
    }
  },
};
