import type { Alert, RecordingRule, RuleGroup } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { dashboardUrl, runbookUrl } from '../links.ts';

/** Prometheus' own shape of a rule group: the same in a rule file and in the operator's PrometheusRule. */
export interface RuleGroupDocument {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

export function ruleGroupDocument(group: RuleGroup, context: MonitoringContext): RuleGroupDocument {
  return {
    name: group.name,
    ...(group.interval === undefined ? {} : { interval: group.interval }),
    rules: [...group.recordings.map(recordingDocument), ...group.alerts.map((alert) => alertDocument(alert, context))],
  };
}

function recordingDocument({ record, expr, labels }: RecordingRule): Record<string, unknown> {
  return { record, expr, ...(labels === undefined ? {} : { labels }) };
}

function alertDocument(alert: Alert, context: MonitoringContext): Record<string, unknown> {
  return {
    alert: alert.name,
    expr: alert.expr,
    for: alert.for,
    ...(alert.keepFiringFor === undefined ? {} : { keep_firing_for: alert.keepFiringFor }),
    labels: {
      severity: alert.severity,
      symptom: alert.symptom,
      service: alert.service,
      ...(alert.slo === undefined ? {} : { slo: alert.slo }),
      environment: context.environment,
      // absent() and vector() know no namespace, and inhibition and the operator's routing compare it.
      namespace: context.namespace,
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbookUrl(alert.name, context.project),
      dashboard_url: dashboardUrl(alert.dashboard, context),
    },
  };
}
