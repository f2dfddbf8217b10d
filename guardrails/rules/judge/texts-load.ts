import { answers } from '../../judge/judge.ts';
import { keysOf } from '../../judge/path.ts';
import type { Rule } from '../../rule.ts';

export const textsLoad: Rule = {
  id: 'texts-load',
  title: 'Prometheus and Alertmanager load the configuration, rules and templates that objects carry',
  rationale:
    'A configuration that does not load stops the server at its next start; a rule that does not load never alerts.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/',
  *check(platform) {
    for (const { resource, answer } of answers(platform)) {
      for (const { field, kind, message } of answer.texts ?? [])
        yield {
          at: resource.at(...keysOf(field)),
          message: `${kind}: ${message}`,
          fix: 'Correct the text where it says.',
        };
    }
  },
};
