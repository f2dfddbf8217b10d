import type { Alert, Proof } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { decimal, series } from '../promql.ts';
import { trafficOf } from './proof.ts';
import { BUDGET_DAYS, BURN_WINDOWS, type BurnWindow, SLO_SERIES, type Sli, secondsOf } from './sli.ts';

/** Bad requests in the long window below which nobody is called: one failure in a quiet night is no incident. */
const FEWEST_BAD_REQUESTS = 10;

/** The two alerts of one promise: a page for a fast burn, a ticket for a slow one. */
export function burnAlerts(sli: Sli, context: MonitoringContext): Alert[] {
  return (['critical', 'warning'] as const).map((severity) => burnAlert(sli, context, severity));
}

function burnAlert(sli: Sli, context: MonitoringContext, severity: 'critical' | 'warning'): Alert {
  const windows = BURN_WINDOWS.filter((window) => window.severity === severity);
  const kind = sli.slo === 'availability' ? 'Availability' : 'Latency';
  const fast = severity === 'critical';
  return {
    name: `${kind}BudgetBurning${fast ? 'Fast' : 'Slowly'}`,
    severity,
    symptom: sli.slo === 'availability' ? 'availability' : 'latency',
    service: sli.service,
    slo: sli.slo,
    expr: windows.map((window) => burning(sli, context.namespace, window)).join('\nor\n'),
    for: fast ? '2m' : '15m',
    summary: `${sli.service} spends its error budget (${sli.slo}) ${fast ? 'fast' : 'slowly'}: {{ $value | humanizePercentage }} of requests are bad`,
    description:
      `The promise is that ${sli.promise}, over ${BUDGET_DAYS} days. ` +
      windows.map((window) => windowText(window, sli)).join(' '),
    dashboard: { service: sli.service },
    proof: burnProof(sli, context, fast),
  };
}

function burning(sli: Sli, namespace: string, window: BurnWindow): string {
  const scope = { namespace, service: sli.service, slo: sli.slo };
  const limit = decimal(window.factor * sli.budget);
  const enough = `avg_over_time(${series(SLO_SERIES.bad, scope)}[${window.long}]) * ${secondsOf(window.long)} >= ${FEWEST_BAD_REQUESTS}`;
  return (
    `(${series(SLO_SERIES.errorRatio(window.long), scope)} > ${limit}` +
    ` and ${series(SLO_SERIES.errorRatio(window.short), scope)} > ${limit}` +
    ` and ${enough})`
  );
}

function windowText(window: BurnWindow, sli: Sli): string {
  const percent = decimal(window.factor * sli.budget * 100);
  return `More than ${percent} % bad over ${window.long} and ${window.short} (${window.factor} times the sustainable rate) spends ${window.spentPercent} % of the budget.`;
}

/**
 * A share of bad requests a little above and a little below the lowest factor of the alert. Windows that are not yet full count what they have,
 * so a short proof meets every threshold; what the windows do over time is proven by a scenario of its own.
 */
function burnProof(sli: Sli, context: MonitoringContext, fast: boolean): Proof {
  const factor = fast ? 6 : 1;
  const stepSeconds = fast ? 60 : 300;
  const traffic = (share: number) => trafficOf(sli, context, { share, requests: stepSeconds * 100, steps: 40 });
  return {
    fires: traffic(factor * sli.budget * 1.1),
    quiet: traffic(factor * sli.budget * 0.9),
    at: fast ? '30m' : '3h',
    stepSeconds,
  };
}
