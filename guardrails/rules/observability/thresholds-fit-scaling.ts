import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Comparison, Selector } from '../../promql/analyse.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

export const thresholdsFitScaling: Rule = {
  id: 'thresholds-fit-scaling',
  title: 'No alert fires at what the autoscaler aims at, nor at a replica count that is normal',
  rationale: 'An alert that fires in normal operation is switched off within a week, and the real one with it.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    for (const expression of expressions(platform)) {
      if (!expression.title.startsWith('alert ')) continue;
      for (const comparison of expression.analysis.comparisons) yield* judge(platform, expression, comparison);
    }
  },
};

function* judge(
  platform: Platform,
  { at, title }: Expression,
  { operator, threshold, selectors }: Comparison,
): Iterable<Problem> {
  for (const selector of selectors) {
    const autoscaler = autoscalerOf(platform, selector);
    const floor = autoscaler?.at('spec', 'minReplicas').number ?? 1;
    if (!autoscaler) continue;
    if (
      /^kube_deployment_status_replicas/.test(selector.metric ?? '') &&
      operator.startsWith('<') &&
      threshold > floor + (operator === '<' ? 0 : -1)
    ) {
      yield {
        at,
        message: `${title} fires below ${threshold} replicas, but ${autoscaler} may go down to ${floor}`,
        fix: `Compare with ${floor} or less.`,
      };
    }
    const target = targetOf(platform, autoscaler, selector.metric ?? '');
    if (target && operator.startsWith('>') && threshold <= target.percentOfLimit) {
      const shown = Math.round(target.percentOfLimit);
      yield {
        at,
        message: `${title} fires above ${threshold} % of the ${target.resource} limit, but ${autoscaler} lets it rise to ${shown} % (${target.utilization} % of the request)`,
        fix: `Compare with more than ${shown}.`,
      };
    }
  }
}

/** The autoscaler of the workload that a selector names by `deployment` or `service`. */
function autoscalerOf(platform: Platform, { matchers }: Selector): Resource | undefined {
  const exact = (...labels: readonly string[]): string | undefined =>
    matchers.find(({ label }) => labels.includes(label))?.value;
  const [name, namespace] = [exact('deployment', 'service', 'app', 'job'), exact('namespace')];
  return platform
    .ofKind('HorizontalPodAutoscaler')
    .find(
      (autoscaler) =>
        autoscaler.at('spec', 'scaleTargetRef', 'name').text === name &&
        (namespace === undefined || autoscaler.namespace === namespace),
    );
}

/** What the autoscaler aims at, for a metric in percent of the container's limit. */
function targetOf(platform: Platform, autoscaler: Resource, metric: string) {
  const resource = /cpu|memory/.exec(metric.split('percent').slice(0, -1).join())?.[0];
  if (resource !== 'cpu' && resource !== 'memory') return undefined;
  const wanted = autoscaler.at('spec', 'metrics').items.find((item) => item.at('resource', 'name').text === resource);
  const utilization = wanted?.at('resource', 'target', 'averageUtilization').number;
  const kind = autoscaler.at('spec', 'scaleTargetRef', 'kind').text ?? '';
  const workload = platform.workload(
    kind,
    autoscaler.namespace,
    autoscaler.at('spec', 'scaleTargetRef', 'name').text ?? '',
  );
  const [container] = workload?.running ?? [];
  const [request, limit] = [container?.request(resource), container?.limit(resource)];
  if (utilization === undefined || request === undefined || limit === undefined) return undefined;
  return { resource, utilization, percentOfLimit: (utilization * request) / limit };
}
