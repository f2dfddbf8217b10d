import type { Alert, ProofSeries, RuleGroup } from '../../charts/plan/alert.ts';

/** A test file of `promtool test rules`, https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/ */
interface ProofFile {
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
