import type { Field } from '../../field.ts';
import { writtenRules } from '../../promql/rule-groups.ts';
import type { Rule } from '../../rule.ts';

/** What an alert must say for the person who is woken by it. */
const WANTED: readonly (readonly [string, (rule: Field) => Field, RegExp])[] = [
  ['a duration in for', (rule) => rule.at('for'), /^(\d+(ms|[smhdwy]))+$/],
  [
    'a severity among its labels',
    (rule) => rule.at('labels', 'severity'),
    /^(critical|error|warning|info|page|ticket|none)$/,
  ],
  ['a summary', (rule) => rule.at('annotations', 'summary'), /\S/],
  ['a description', (rule) => rule.at('annotations', 'description'), /\S/],
  ['a runbook_url', (rule) => rule.at('annotations', 'runbook_url'), /^https?:\/\/\S+$/],
];

export const alertsComplete: Rule = {
  id: 'alerts-complete',
  title: 'Every alert waits, has a severity and says what it is, what it means and what to do',
  rationale:
    'Without a severity it is routed to nobody, without a duration it fires at every hiccup, without a runbook the person on call guesses.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    if (platform.environments.length === 0) return;
    for (const { at, rule, title } of writtenRules(platform)) {
      if (rule.at('alert').text === undefined) continue;
      for (const [what, field, grammar] of WANTED) {
        const { scalar } = field(rule);
        if (scalar !== undefined && grammar.test(scalar)) continue;
        yield {
          at,
          message:
            scalar === undefined
              ? `${title} has no ${what.replace(/^an? /, '')}`
              : `${title} has "${scalar}" where ${what} is wanted`,
          fix: `Give it ${what}.`,
        };
      }
    }
  },
};
