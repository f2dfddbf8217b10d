import { expressions } from '../../promql/expressions.ts';
import type { Rule } from '../../rule.ts';

export const expressionsParse: Rule = {
  id: 'expressions-parse',
  title: 'Every PromQL expression parses',
  rationale: 'Prometheus refuses the whole rule file, so none of its alerts exists; a panel stays empty.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
  *check(platform) {
    for (const { at, title, text, analysis } of expressions(platform)) {
      // Rules are read by Prometheus' own code where the judge is there; nobody else reads dashboards.
      if (analysis.errorAt === undefined || (platform.judge && !/^(panel|variable) /.test(title))) continue;
      const near = text.slice(Math.max(0, analysis.errorAt - 20), analysis.errorAt + 20).trim();
      yield {
        at,
        message: `${title}: the expression is no PromQL near "${near}"`,
        fix: 'Correct it; promtool check rules says what Prometheus reads.',
      };
    }
  },
};
