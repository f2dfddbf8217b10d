import type { Watch } from '../watch.ts';
import { autoscalerAlerts } from './autoscaler-alerts.ts';
import { blindnessAlerts } from './blindness-alerts.ts';
import { burnAlerts } from './burn-alerts.ts';
import { monitoringAlerts, watchdog } from './monitoring-alerts.ts';
import { platformAlerts } from './platform-alerts.ts';
import { crashLooping, podAlerts, targetDown } from './pod-alerts.ts';
import { redisAlerts } from './redis-alerts.ts';
import type { Alert, RuleGroup } from './rule.ts';
import { searchAlerts } from './search-alerts.ts';
import { serviceRecordings } from './service-recordings.ts';
import { type Sli, slisOf } from './sli.ts';
import { budgetRecordings, sloRecordings } from './slo-recordings.ts';
import { trafficAlerts } from './traffic-alerts.ts';
import { usageAlerts } from './usage-alerts.ts';

/** Every rule of an environment. Groups run side by side; inside one, a rule sees what the ones before it recorded. */
export function ruleGroups(watch: Watch): RuleGroup[] {
  const slis = watch.services.flatMap((service) => slisOf(service, watch));
  return [
    {
      name: 'services',
      recordings: serviceRecordings(watch),
      alerts: watch.services.flatMap((service) => [
        ...trafficAlerts(service, watch),
        ...usageAlerts(service, watch),
        ...searchAlerts(service, watch),
      ]),
    },
    ...watch.services.map((service) => sloGroup(service.name, slis, watch)),
    {
      name: 'error-budgets',
      // Thirty days of samples are added up here: rarely is often enough.
      interval: '5m',
      recordings: slis.flatMap((sli) => budgetRecordings(sli, watch.namespace)),
      alerts: [],
    },
    {
      name: 'platform',
      recordings: [],
      alerts: [
        ...watch.services.flatMap((service) => [...podAlerts(service, watch), ...autoscalerAlerts(service, watch)]),
        crashLooping(watch),
        targetDown(watch),
        ...platformAlerts(watch),
        ...blindnessAlerts(watch),
      ],
    },
    ...(watch.redis === null ? [] : [alertsOnly('redis', redisAlerts(watch.redis, watch))]),
    alertsOnly('monitoring', [
      watchdog(),
      ...(watch.monitoringNamespace === null ? [] : monitoringAlerts(watch.monitoringNamespace)),
    ]),
  ];
}

function sloGroup(service: string, slis: readonly Sli[], watch: Watch): RuleGroup {
  const own = slis.filter((sli) => sli.service === service);
  return {
    name: `slo-${service}`,
    recordings: own.flatMap((sli) => sloRecordings(sli, watch.namespace)),
    alerts: own.flatMap((sli) => burnAlerts(sli, watch)),
  };
}

function alertsOnly(name: string, alerts: readonly Alert[]): RuleGroup {
  return { name, recordings: [], alerts };
}
