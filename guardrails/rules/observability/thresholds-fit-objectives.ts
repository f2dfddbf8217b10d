import { WORKLOAD } from '../../annotations.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Comparison, Selector } from '../../promql/analyse.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import type { Rule } from '../../rule.ts';

export const thresholdsFitObjectives: Rule = {
  id: 'thresholds-fit-objectives',
  title: 'An alert about a percentile of latency fires exactly where the promise of the service ends',
  rationale: 'Below the promise it wakes somebody while all is well; above it, the promise is broken and nobody knows.',
  severity: 'error',
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
