import { METRICS } from '../../../app/contract.ts';
import type { RecordingRule } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { bucketUpTo, decimal, series } from '../promql.ts';

/**
 * Multiwindow, multi-burn-rate alerting: The Site Reliability Workbook, chapter 5, table 5-8
 * (https://sre.google/workbook/alerting-on-slos/). A burn rate of 1 spends the budget of 30 days in exactly 30 days.
 * The long window says that it matters, the short one (a twelfth) that it still goes on.
 */
export interface BurnWindow {
  readonly severity: 'critical' | 'warning';
  readonly factor: number;
  readonly long: Window;
  readonly short: Window;
  /** Share of the whole budget that is gone when the alert fires. */
  readonly spentPercent: number;
}

export const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
export type Window = (typeof WINDOWS)[number];

export const BUDGET_DAYS = 30;

export const BURN_WINDOWS: readonly BurnWindow[] = [
  { severity: 'critical', factor: 14.4, long: '1h', short: '5m', spentPercent: 2 },
  { severity: 'critical', factor: 6, long: '6h', short: '30m', spentPercent: 5 },
  { severity: 'warning', factor: 3, long: '1d', short: '2h', spentPercent: 10 },
  { severity: 'warning', factor: 1, long: '3d', short: '6h', spentPercent: 10 },
];

export function secondsOf(window: Window): number {
  const unit = { m: 60, h: 3_600, d: 86_400 }[window.slice(-1)] ?? 0;
  return Number.parseInt(window, 10) * unit;
}

/** One promise of one service as requests: which count, and which of them are bad. */
export interface Sli {
  readonly service: string;
  /** `availability`, `latency-p95`, `latency-p99`: the label `slo` of everything compiled from it. */
  readonly slo: string;
  /** For people: `99.9 % of requests succeed`. */
  readonly promise: string;
  /** Above this a response is bad; undefined where its time does not matter. */
  readonly seconds?: number;
  /** Share of requests that may be bad. */
  readonly budget: number;
  /** PromQL, requests a second over five minutes. */
  readonly requests: string;
  readonly bad: string;
}

export type Promising = WatchedService & { readonly objectives: Objectives };

/** Whether a service has promised something and shows the figures to judge it by. */
export function promises(service: WatchedService): service is Promising {
  return service.objectives !== null && service.shows(METRICS.requests) && service.shows(METRICS.duration);
}

/** The promises of a service, as the ratio of bad requests that each allows. */
export function slisOf(service: Promising, context: MonitoringContext): [availability: Sli, p95: Sli, p99: Sli] {
  const { availabilityPercent, p95Seconds, p99Seconds } = service.objectives;
  return [
    availability(service, context, availabilityPercent),
    latency(service, context, { percent: 95, seconds: p95Seconds }),
    latency(service, context, { percent: 99, seconds: p99Seconds }),
  ];
}

/** 501 and 505 answer what a client cannot ask of any server: anyone could spend the budget with CONNECT. */
const FAILED = 'status=~"5..",status!~"501|505"';

const rateOf = (selector: string, window = '5m') => `sum by (namespace, service) (rate(${selector}[${window}]))`;

function availability(service: WatchedService, context: MonitoringContext, percent: number): Sli {
  const scope = { namespace: context.namespace, service: service.name };
  const requests = rateOf(series(METRICS.requests, scope));
  return {
    service: service.name,
    slo: 'availability',
    promise: `${percent} % of requests do not end in a 5xx`,
    budget: decimal(1 - percent / 100),
    requests,
    // A service that never failed has no such series: that is zero, not nothing.
    bad: `${rateOf(series(METRICS.requests, scope, FAILED))} or 0 * ${requests}`,
  };
}

function latency(service: WatchedService, context: MonitoringContext, goal: { percent: number; seconds: number }): Sli {
  const scope = { namespace: context.namespace, service: service.name };
  const requests = rateOf(series(`${METRICS.duration}_count`, scope));
  return {
    service: service.name,
    slo: `latency-p${goal.percent}`,
    promise: `${goal.percent} % of requests are faster than ${goal.seconds} s`,
    seconds: goal.seconds,
    budget: decimal(1 - goal.percent / 100),
    requests,
    bad: `clamp_min(${requests} - ${rateOf(series(`${METRICS.duration}_bucket`, scope, bucketUpTo(goal.seconds)))}, 0)`,
  };
}

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

export const SERVICE_SERIES = {
  requests: 'service:http_requests:rate5m',
  failed: 'service:http_requests_failed:rate5m',
  errorRatio: 'service:http_requests_failed:ratio_rate2m',
  quantile: (percent: number) => `service:http_request_duration_seconds:p${percent}_5m`,
} as const;

export const QUANTILES = [50, 95, 99] as const;

/** What dashboards and alerts ask of every service, worked out once. */
export function serviceRecordings(context: MonitoringContext): RecordingRule[] {
  const scope = { namespace: context.namespace };
  const rate = (window: string, ...more: string[]) => rateOf(series(METRICS.requests, scope, ...more), window);
  const failedOrZero = (window: string) => `(${rate(window, FAILED)} or 0 * ${rate(window)})`;
  return [
    { record: SERVICE_SERIES.requests, expr: rate('5m') },
    { record: SERVICE_SERIES.failed, expr: failedOrZero('5m') },
    { record: SERVICE_SERIES.errorRatio, expr: `${failedOrZero('2m')} / (${rate('2m')} > 0)` },
    ...QUANTILES.map((percent) => ({
      record: SERVICE_SERIES.quantile(percent),
      expr:
        `histogram_quantile(${percent / 100}, ` +
        `sum by (namespace, service, le) (rate(${series(`${METRICS.duration}_bucket`, scope)}[5m])))`,
    })),
  ];
}
