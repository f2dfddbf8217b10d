import type { Alert, RecordingRule, RuleGroup } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { alertDashboardUrl, dashboardUid, runbookUrl } from '../links.ts';
import { burnAlerts } from './burn-alerts.ts';
import { blindnessAlerts, monitoringAlerts, watchdog } from './monitoring-alerts.ts';
import { platformAlerts } from './platform-alerts.ts';
import { replicaAlerts } from './replica-alerts.ts';
import { budgetRecordings, promises, serviceRecordings, slisOf, sloRecordings } from './sli.ts';
import { trafficAlerts } from './traffic-alerts.ts';
import { usageAlerts } from './usage-alerts.ts';

/** Every rule of an environment. Groups run side by side; inside one, a rule sees what the ones before it recorded. */
export function ruleGroups(context: MonitoringContext): RuleGroup[] {
  const promising = context.services.filter(promises).map((service) => slisOf(service, context));
  return [
    {
      name: 'services',
      recordings: serviceRecordings(context),
      alerts: context.services.flatMap((service) => [
        ...trafficAlerts(service, context),
        ...usageAlerts(service, context),
      ]),
    },
    ...promising.map((slis) => sloGroup(slis, context)),
    {
      name: 'error-budgets',
      // Thirty days of samples are added up here: rarely is often enough.
      interval: '5m',
      recordings: promising.flat().flatMap((sli) => budgetRecordings(sli, context.namespace)),
      alerts: [],
    },
    {
      name: 'platform',
      recordings: [],
      alerts: [
        ...context.services.flatMap((service) => replicaAlerts(service, context)),
        ...platformAlerts(context),
        ...blindnessAlerts(context),
      ],
    },
    ...context.parts.flatMap(({ name, monitoring }) =>
      monitoring === undefined ? [] : [alertsOnly(name, monitoring.alerts(context))],
    ),
    alertsOnly('monitoring', [
      watchdog(),
      ...(context.monitoringNamespace === null ? [] : monitoringAlerts(context.monitoringNamespace)),
    ]),
  ];
}

function sloGroup(slis: ReturnType<typeof slisOf>, context: MonitoringContext): RuleGroup {
  return {
    name: `slo-${slis[0].service}`,
    recordings: slis.flatMap((sli) => sloRecordings(sli, context.namespace)),
    alerts: slis.flatMap((sli) => burnAlerts(sli, context)),
  };
}

function alertsOnly(name: string, alerts: readonly Alert[]): RuleGroup {
  return { name, recordings: [], alerts };
}

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
      // The list of firing alerts leads to this page.
      dashboard: dashboardUid(alert.dashboard, context.project),
    },
    annotations: {
      summary: alert.summary,
      description: alert.description,
      runbook_url: runbookUrl(alert.name, context.project),
      dashboard_url: alertDashboardUrl(alert.dashboard, context),
    },
  };
}
