import type { Problem } from '../../finding.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import { type Sources, sourcesFor } from '../../promql/sources.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

export const metricLabelsExist: Rule = {
  id: 'metric-labels-exist',
  title: 'Every label in a rule or a dashboard is one that the metric has',
  rationale:
    'A matcher on a label that a metric does not have matches nothing, and grouping by it puts everything into one group.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/concepts/data_model/',
  *check(platform) {
    for (const expression of expressions(platform)) {
      const sources = sourcesFor(platform, expression.at.resource.namespace);
      if (sources) yield* judge(expression, sources);
    }
  },
};

function* judge({ at, title, analysis }: Expression, { metrics, targetLabels }: Sources): Iterable<Problem> {
  const declared = analysis.selectors.map(({ metric }) => (metric === undefined ? undefined : metrics.get(metric)));
  for (const [index, { metric, matchers }] of analysis.selectors.entries()) {
    const labels = declared[index];
    for (const { label } of labels ? matchers : []) {
      if (labels?.has(label) || targetLabels.has(label)) continue;
      const meant = suggest(label, [...(labels ?? [])]);
      const has = [...(labels ?? [])].join(', ') || 'none of its own';
      yield {
        at,
        message: `${title}: ${metric} has no label ${label}: it has ${has}`,
        fix: meant === undefined ? 'Match a label that it has.' : `Did you mean ${meant}?`,
      };
    }
  }
  if (declared.includes(undefined)) return;
  for (const label of new Set(analysis.groupings)) {
    if (targetLabels.has(label) || declared.some((labels) => labels?.has(label))) continue;
    yield {
      at,
      message: `${title} groups by ${label}, which none of its metrics has`,
      fix: 'Group by a label that they have.',
    };
  }
}
