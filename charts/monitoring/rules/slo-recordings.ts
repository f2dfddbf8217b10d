import type { RecordingRule } from '../../plan/alert.ts';
import { decimal, series } from '../promql.ts';
import { BUDGET_DAYS, WINDOWS } from './burn-windows.ts';
import type { Sli } from './sli.ts';

/** Names of what the SLO compiler records; labels: namespace, service, slo. */
export const SLO_SERIES = {
  requests: 'slo:requests:rate5m',
  bad: 'slo:requests_bad:rate5m',
  errorRatio: (window: string) => `slo:error_ratio:rate${window}`,
  objective: 'slo:objective:ratio',
  budgetRemaining: `slo:error_budget_remaining:ratio${BUDGET_DAYS}d`,
} as const;

/**
 * The ratio of bad requests over every window. Longer windows add up the recorded five-minute rates of both sides, so that every request weighs the
 * same, pods that are gone still count, and three days cost as little as one series a service.
 */
export function sloRecordings(sli: Sli, namespace: string): RecordingRule[] {
  const labels = labelsOf(sli, namespace);
  return [
    { record: SLO_SERIES.requests, expr: sli.requests, labels },
    { record: SLO_SERIES.bad, expr: sli.bad, labels },
    ...WINDOWS.map((window) => ({
      record: SLO_SERIES.errorRatio(window),
      expr: errorRatio(sli, namespace, window),
      labels,
    })),
  ];
}

/** What is left of the budget, 1 for all of it, below 0 when it is overspent; and the objective itself, for panels. */
export function budgetRecordings(sli: Sli, namespace: string): RecordingRule[] {
  const labels = labelsOf(sli, namespace);
  return [
    { record: SLO_SERIES.objective, expr: `vector(${decimal(1 - sli.budget)})`, labels },
    {
      record: SLO_SERIES.budgetRemaining,
      expr: `1 - ${errorRatio(sli, namespace, `${BUDGET_DAYS}d`)} / ${sli.budget}`,
      labels,
    },
  ];
}

function errorRatio(sli: Sli, namespace: string, window: string): string {
  const scope = labelsOf(sli, namespace);
  const sum = (name: string) => `sum_over_time(${series(name, scope)}[${window}])`;
  return `${sum(SLO_SERIES.bad)} / (${sum(SLO_SERIES.requests)} > 0)`;
}

/** The identity of a promise: every series of it carries these, so that no two rules record the same one. */
function labelsOf(sli: Sli, namespace: string) {
  return { namespace, service: sli.service, slo: sli.slo };
}
