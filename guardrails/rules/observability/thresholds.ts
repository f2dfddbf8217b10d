import { WORKLOAD } from '../../annotations.ts';
import type { Resource } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import type { Selector } from '../../promql/analyse.ts';
import { expressions } from '../../promql/expressions.ts';
import { rules } from '../../rule.ts';
import { scaledBy } from '../../scaling.ts';

export const thresholdsRules = rules({
  'thresholds-fit-objectives': {
    title: 'An alert about a percentile of latency fires exactly where the promise of the service ends',
    rationale: 'Below it somebody is woken while all is well; above it the promise is broken and nobody knows.',
    docs: 'https://sre.google/workbook/alerting-on-slos/',
    *check(platform) {
      for (const { at, title, operator, threshold, selector } of compared(platform)) {
        const percentile = percentileOf(selector);
        const promise = percentile && operator.startsWith('>') ? promiseOf(platform, selector, percentile) : undefined;
        if (promise === undefined || promise.seconds === threshold) continue;
        const message = `${title} fires above ${threshold} s, but ${promise.workload} promises ${percentile} within ${promise.seconds} s`;
        yield { at, message, fix: `Compare with ${promise.seconds}.` };
      }
    },
  },
  'thresholds-fit-scaling': {
    title: 'No alert fires at what the autoscaler aims at, nor at a replica count that is normal',
    rationale: 'An alert that fires in normal operation is switched off within a week, and the real one with it.',
    docs: 'https://prometheus.io/docs/practices/alerting/',
    *check(platform) {
      for (const { at, title, operator, threshold, selector } of compared(platform)) {
        const { metric = '' } = selector;
        const autoscaler = autoscalerOf(platform, selector);
        if (!autoscaler) continue;
        const floor = autoscaler.at('spec', 'minReplicas').number ?? 1;
        const isOfReplicas = metric.startsWith('kube_deployment_status_replicas') && operator.startsWith('<');
        if (isOfReplicas && threshold > floor + (operator === '<' ? 0 : -1)) {
          const message = `${title} fires below ${threshold} replicas, but ${autoscaler} may go down to ${floor}`;
          yield { at, message, fix: `Compare with ${floor} or less.` };
        }
        const target = targetOf(platform, autoscaler, metric);
        if (!target || !operator.startsWith('>') || threshold > target.percentOfLimit) continue;
        const shown = Math.round(target.percentOfLimit);
        const message = `${title} fires above ${threshold} % of the ${target.resource} limit, but ${autoscaler} lets it rise to ${shown} % (${target.utilization} % of the request)`;
        yield { at, message, fix: `Compare with more than ${shown}.` };
      }
    },
  },
});

/** Each selector that an alert compares with a number. */
function* compared(platform: Platform) {
  for (const { at, title, analysis } of expressions(platform)) {
    if (!title.startsWith('alert ')) continue;
    for (const comparison of analysis.comparisons)
      for (const selector of comparison.selectors) yield { at, title, ...comparison, selector };
  }
}

/** `p95` of a recorded percentile in seconds, such as service:http_request_duration_seconds:p95_5m. */
function percentileOf({ metric }: Selector): string | undefined {
  const [, percentile = ''] = (metric ?? '').split(/_seconds\b/);
  return /\b(p\d{2})(?:_|$)/.exec(percentile)?.[1];
}

/** What a matcher asks of one of these labels. */
function askedFor({ matchers }: Selector, ...labels: readonly string[]): string | undefined {
  return matchers.find(({ label }) => labels.includes(label))?.value;
}

/** What the workload that the selector names by `service` says of itself: `availability=99.9, p95=0.5, p99=1`. */
function promiseOf(platform: Platform, selector: Selector, percentile: string) {
  const [service, namespace] = [askedFor(selector, 'service'), askedFor(selector, 'namespace')];
  const workload = platform.workloads.find(
    (one) => one.name === service && (namespace === undefined || one.namespace === namespace),
  );
  const declared = workload?.resource.annotations[WORKLOAD.objectives] ?? '';
  const seconds = new RegExp(`(?:^|,)\\s*${percentile}=([^,]*)`).exec(declared)?.[1];
  return workload === undefined || seconds === undefined ? undefined : { workload, seconds: Number(seconds) };
}

/** The autoscaler of the workload that a selector names by `deployment` or `service`. */
function autoscalerOf(platform: Platform, selector: Selector): Resource | undefined {
  const name = askedFor(selector, 'deployment', 'service', 'app', 'job');
  const namespace = askedFor(selector, 'namespace');
  const candidates = byTarget(platform).get(name ?? '') ?? [];
  return candidates.find((autoscaler) => namespace === undefined || autoscaler.namespace === namespace);
}

const byTarget = oncePerPlatform((platform) => {
  const autoscalers = platform.ofKind('HorizontalPodAutoscaler');
  return groupBy(autoscalers, (autoscaler) => autoscaler.at('spec', 'scaleTargetRef', 'name').text ?? '');
});

/** What the autoscaler aims at, for a metric in percent of the container's limit. */
function targetOf(platform: Platform, autoscaler: Resource, metric: string) {
  const resource = /cpu|memory/.exec(metric.split('percent').slice(0, -1).join())?.[0];
  if (resource !== 'cpu' && resource !== 'memory') return undefined;
  const wanted = autoscaler.at('spec', 'metrics').items.find((item) => item.at('resource', 'name').text === resource);
  const utilization = wanted?.at('resource', 'target', 'averageUtilization').number;
  const [container] = scaledBy(platform, autoscaler)?.running ?? [];
  const [request, limit] = [container?.request(resource), container?.limit(resource)];
  if (utilization === undefined || request === undefined || limit === undefined) return undefined;
  return { resource, utilization, percentOfLimit: (utilization * request) / limit };
}
