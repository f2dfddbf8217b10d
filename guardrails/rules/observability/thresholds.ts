import { WORKLOAD } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import type { Comparison, Selector } from '../../promql/analyse.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import type { Problem, Rule } from '../../rule.ts';

const thresholdsFitObjectives: Rule = {
  id: 'thresholds-fit-objectives',
  title: 'An alert about a percentile of latency fires exactly where the promise of the service ends',
  rationale: 'Below the promise it wakes somebody while all is well; above it, the promise is broken and nobody knows.',
  docs: 'https://sre.google/workbook/alerting-on-slos/',
  *check(platform) {
    for (const expression of expressions(platform)) {
      if (!expression.title.startsWith('alert ')) continue;
      for (const comparison of expression.analysis.comparisons) yield* judge(platform, expression, comparison);
    }
  },
};

function* judge(platform: Platform, { at, title }: Expression, comparison: Comparison): Iterable<Problem> {
  const { operator, threshold, selectors } = comparison;
  if (!operator.startsWith('>')) return;
  for (const selector of selectors) {
    const percentile = percentileOf(selector);
    const promise = percentile === undefined ? undefined : promiseOf(platform, selector, percentile);
    if (promise === undefined || promise.seconds === threshold) continue;
    yield {
      at,
      message: `${title} fires above ${threshold} s, but ${promise.workload} promises ${percentile} within ${promise.seconds} s`,
      fix: `Compare with ${promise.seconds}.`,
    };
  }
}

/** `p95` of a recorded percentile in seconds, such as service:http_request_duration_seconds:p95_5m. */
function percentileOf({ metric }: Selector): string | undefined {
  const [, percentile = ''] = (metric ?? '').split(/_seconds\b/);
  return /\b(p\d{2})(?:_|$)/.exec(percentile)?.[1];
}

/** What the workload that the selector names by `service` says of itself: `availability=99.9, p95=0.5, p99=1`. */
function promiseOf(platform: Platform, { matchers }: Selector, percentile: string) {
  const value = (label: string) => matchers.find((matcher) => matcher.label === label)?.value;
  const [service, namespace] = [value('service'), value('namespace')];
  const workload = platform.workloads.find(
    ({ resource }) => resource.name === service && (namespace === undefined || resource.namespace === namespace),
  );
  const declared = (workload?.resource.annotations[WORKLOAD.objectives] ?? '').split(',').map((part) => part.trim());
  const seconds = Number(declared.find((part) => part.startsWith(`${percentile}=`))?.slice(percentile.length + 1));
  return workload === undefined || Number.isNaN(seconds) ? undefined : { workload: workload.resource, seconds };
}

const thresholdsFitScaling: Rule = {
  id: 'thresholds-fit-scaling',
  title: 'No alert fires at what the autoscaler aims at, nor at a replica count that is normal',
  rationale: 'An alert that fires in normal operation is switched off within a week, and the real one with it.',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    for (const expression of expressions(platform)) {
      if (!expression.title.startsWith('alert ')) continue;
      for (const comparison of expression.analysis.comparisons)
        yield* judgeThresholdsFitScaling(platform, expression, comparison);
    }
  },
};

function* judgeThresholdsFitScaling(
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
  const candidates = byTarget(platform).get(name ?? '') ?? [];
  return candidates.find((autoscaler) => namespace === undefined || autoscaler.namespace === namespace);
}

const byTarget = oncePerPlatform((platform) =>
  groupBy(
    platform.ofKind('HorizontalPodAutoscaler'),
    (autoscaler) => autoscaler.at('spec', 'scaleTargetRef', 'name').text ?? '',
  ),
);

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

export const thresholdsRules: readonly Rule[] = [thresholdsFitObjectives, thresholdsFitScaling];
