import type { Alert, RuleGroup } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { autoscalerAlerts } from './autoscaler-alerts.ts';
import { blindnessAlerts } from './blindness-alerts.ts';
import { burnAlerts } from './burn-alerts.ts';
import { monitoringAlerts, watchdog } from './monitoring-alerts.ts';
import { platformAlerts } from './platform-alerts.ts';
import { crashLooping, podAlerts, targetDown } from './pod-alerts.ts';
import { searchAlerts } from './search-alerts.ts';
import { serviceRecordings } from './service-recordings.ts';
import { promises, type Sli, slisOf } from './sli.ts';
import { budgetRecordings, sloRecordings } from './slo-recordings.ts';
import { trafficAlerts } from './traffic-alerts.ts';
import { usageAlerts } from './usage-alerts.ts';

/** Every rule of an environment. Groups run side by side; inside one, a rule sees what the ones before it recorded. */
export function ruleGroups(context: MonitoringContext): RuleGroup[] {
  const slis = context.services.flatMap((service) => slisOf(service, context));
  return [
    {
      name: 'services',
      recordings: serviceRecordings(context),
      alerts: context.services.flatMap((service) => [
        ...trafficAlerts(service, context),
        ...usageAlerts(service, context),
        ...searchAlerts(service, context),
      ]),
    },
    ...context.services.filter(promises).map((service) => sloGroup(service.name, slis, context)),
    {
      name: 'error-budgets',
      // Thirty days of samples are added up here: rarely is often enough.
      interval: '5m',
      recordings: slis.flatMap((sli) => budgetRecordings(sli, context.namespace)),
      alerts: [],
    },
    {
      name: 'platform',
      recordings: [],
      alerts: [
        ...context.services.flatMap((service) => [
          ...podAlerts(service, context),
          ...autoscalerAlerts(service, context),
        ]),
        crashLooping(context),
        targetDown(context),
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

function sloGroup(service: string, slis: readonly Sli[], context: MonitoringContext): RuleGroup {
  const own = slis.filter((sli) => sli.service === service);
  return {
    name: `slo-${service}`,
    recordings: own.flatMap((sli) => sloRecordings(sli, context.namespace)),
    alerts: own.flatMap((sli) => burnAlerts(sli, context)),
  };
}

function alertsOnly(name: string, alerts: readonly Alert[]): RuleGroup {
  return { name, recordings: [], alerts };
}
