import { DURATION_BUCKETS, METRICS } from '../../../app/contract.ts';
import type { Alert, ProofSeries, RuleGroup } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import type { Sli } from './sli.ts';

/** A constant series of `steps` samples beside the first. */
export function constant(series: string, value: number, steps = 240): ProofSeries {
  return { series, values: `${value}x${steps}` };
}

export function counter(series: string, perStep: number, steps = 240): ProofSeries {
  return { series, values: `0+${perStep}x${steps}` };
}

/** A replica that Prometheus reaches, as the scrape labels it. */
export function pod(context: MonitoringContext, job: string, suffix = 'a'): string {
  return `namespace="${context.namespace}",job="${job}",pod="${job}-${suffix}"`;
}

interface Traffic {
  readonly share: number;
  readonly requests: number;
  readonly steps: number;
}

/** Counters of one pod of which a share of the requests is bad in the sense of the promise. */
export function trafficOf(sli: Sli, context: MonitoringContext, { share, requests, steps }: Traffic): ProofSeries[] {
  const labels = `namespace="${context.namespace}",job="${sli.service}",pod="${sli.service}-a",service="${sli.service}",method="GET",route="/"`;
  const bad = Math.round(requests * share);
  const total = counter(`${METRICS.duration}_count{${labels},status="200"}`, requests, steps);
  if (sli.slo === 'availability') {
    return [
      total,
      counter(`${METRICS.requests}{${labels},status="200"}`, (requests - bad) / 2, steps),
      // Whatever strangers send that no server answers: it is not the service that fails.
      counter(`${METRICS.requests}{${labels},status="501"}`, (requests - bad) / 2, steps),
      counter(`${METRICS.requests}{${labels},status="503"}`, bad, steps),
    ];
  }
  const bucket = (le: string) => `${METRICS.duration}_bucket{${labels},status="200",le="${le}"}`;
  return [
    total,
    // What is too slow for this promise is just too slow: nothing else is broken with it.
    ...DURATION_BUCKETS.map((le) =>
      counter(bucket(String(le)), le > (sli.seconds ?? 0) ? requests : requests - bad, steps),
    ),
    counter(bucket('+Inf'), requests, steps),
  ];
}

/** A test file of `promtool test rules`, https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
export interface ProofFile {
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
}

const DEFAULT_STEP_SECONDS = 30;

/**
 * The proofs of a group as test files for promtool: every alert fires, and does not just below.
 * One file for each step, for promtool evaluates all tests of a file at one pace.
 */
export function proofFiles(group: RuleGroup, ruleFile: string): ProofFile[] {
  const steps = new Set(group.alerts.map((alert) => alert.proof.stepSeconds ?? DEFAULT_STEP_SECONDS));
  return [...steps].map((step) => ({
    name: `${group.name}.${step}s.test.yaml`,
    content: {
      rule_files: [ruleFile],
      evaluation_interval: `${step}s`,
      tests: group.alerts
        .filter(({ proof }) => (proof.stepSeconds ?? DEFAULT_STEP_SECONDS) === step)
        .flatMap((alert) => testsOf(alert, step)),
    },
  }));
}

function testsOf(alert: Alert, step: number): Record<string, unknown>[] {
  const { proof } = alert;
  const quiet = proof.quiet === null ? [] : [test(alert, step, { series: proof.quiet, fires: false })];
  return [test(alert, step, { series: proof.fires, fires: true }), ...quiet];
}

function test(
  alert: Alert,
  step: number,
  { series, fires }: { readonly series: readonly ProofSeries[]; readonly fires: boolean },
): Record<string, unknown> {
  // A service that is a template is known only from the series.
  const service = alert.service.includes('{{') ? '' : `,service="${alert.service}"`;
  const slo = alert.slo === undefined ? '' : `,slo="${alert.slo}"`;
  const firing = `ALERTS{alertname="${alert.name}",alertstate="firing"${service}${slo}}`;
  return {
    name: `${alert.name} (${alert.service}) ${fires ? 'fires' : 'is quiet just below'}`,
    interval: `${step}s`,
    input_series: series,
    promql_expr_test: [
      {
        expr: `count(${firing}) > bool 0`,
        eval_time: alert.proof.at,
        exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
      },
    ],
  };
}
