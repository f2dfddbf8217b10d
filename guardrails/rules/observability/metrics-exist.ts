import { expressions } from '../../promql/expressions.ts';
import { sourcesFor } from '../../promql/sources.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

/** Quiet where nothing declares its metrics: the manifests alone do not tell what a program exposes. */
export const metricsExist: Rule = {
  id: 'metrics-exist',
  title: 'Every metric in a rule or a dashboard is one that something exposes',
  rationale:
    'An expression over a metric that does not exist is empty: the alert never fires and the panel looks calm.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/naming/',
  *check(platform) {
    for (const { at, title, analysis } of expressions(platform)) {
      const sources = sourcesFor(platform, at.resource.namespace);
      const told = new Set<string>();
      for (const { metric } of sources ? analysis.selectors : []) {
        if (metric === undefined || sources?.metrics.has(metric) || told.has(metric)) continue;
        told.add(metric);
        const meant = suggest(metric, [...(sources?.metrics.keys() ?? [])]);
        yield {
          at,
          message: `${title} asks for ${metric}, which nothing here exposes`,
          fix:
            meant === undefined
              ? 'Ask for a metric that is exposed, or declare who exposes it.'
              : `Did you mean ${meant}?`,
        };
      }
    }
  },
};
