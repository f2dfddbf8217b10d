import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { MonitoringContext } from '../../plan/part.ts';
import { QUOTA_RESOURCES } from '../rules/platform-alerts.ts';
import { dashboard, NAMESPACE } from './dashboard.ts';
import { graph } from './panels.ts';

const HPA = 'kube_horizontalpodautoscaler';

/** Autoscaler, quota and certificates: what the platform may still ask for, and what it does with it. */
export function capacityPage(context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'capacity',
    title: 'Autoscaler and quota',
    description: 'Pods between floor and ceiling, use of the quota, restarts, certificates',
    choosesService: false,
    panels: [
      ...(context.services.some(({ size }) => size.autoscaled) ? autoscaler() : []),
      available(),
      quota(),
      restarts(),
      ...(context.certificates ? [certificates()] : []),
    ],
  });
}

function autoscaler() {
  const legend = '{{horizontalpodautoscaler}}';
  return [
    graph({
      title: 'Pods by service',
      description: 'Pods that the autoscaler of each service has now.',
      unit: 'none',
      queries: [{ expr: `${HPA}_status_current_replicas{${NAMESPACE}}`, legend }],
    }),
    graph({
      title: 'Share of the ceiling',
      description: 'Pods wanted, of the most that are allowed: at 100 % more load makes a service slower, not larger.',
      unit: 'percentunit',
      max: 1,
      limits: { amber: 0.8, red: 1 },
      queries: [
        {
          expr: `${HPA}_status_desired_replicas{${NAMESPACE}} / on (namespace, horizontalpodautoscaler) ${HPA}_spec_max_replicas{${NAMESPACE}}`,
          legend,
        },
      ],
    }),
    graph({
      title: 'Changes of mind',
      description: 'How often the wanted number changed within half an hour; more than eight is restless.',
      unit: 'none',
      limits: { amber: 6, red: 9 },
      queries: [{ expr: `changes(${HPA}_status_desired_replicas{${NAMESPACE}}[30m])`, legend }],
    }),
  ];
}

function available() {
  return graph({
    title: 'Available pods, missing pods',
    description: 'Pods of each Deployment that are wanted but not available.',
    unit: 'none',
    queries: [
      {
        expr: `kube_deployment_spec_replicas{${NAMESPACE}} - on (namespace, deployment) kube_deployment_status_replicas_available{${NAMESPACE}}`,
        legend: '{{deployment}}',
      },
    ],
  });
}

function quota() {
  const of = (type: string) =>
    `kube_resourcequota{${NAMESPACE},resource=~"${QUOTA_RESOURCES.join('|')}",type="${type}"}`;
  return graph({
    title: 'Use of the quota',
    description: 'Of the ResourceQuota, by resource: it has room for every ceiling during a rollout.',
    unit: 'percentunit',
    max: 1,
    limits: { amber: 0.8, red: 0.9 },
    queries: [
      {
        expr: `${of('used')} / on (namespace, resourcequota, resource) (${of('hard')} > 0)`,
        legend: '{{resource}}',
      },
    ],
  });
}

function restarts() {
  return graph({
    title: 'Restarts',
    description: 'Restarts of containers within a quarter of an hour, by container.',
    unit: 'none',
    limits: { amber: 1, red: 3 },
    queries: [
      {
        expr: `sum by (container) (increase(kube_pod_container_status_restarts_total{${NAMESPACE}}[15m]))`,
        legend: '{{container}}',
      },
    ],
  });
}

function certificates() {
  return graph({
    title: 'Certificates: time left',
    description: 'cert-manager renews 30 days before the end; below 21 days something is wrong.',
    unit: 's',
    limits: { amber: 21 * 86_400, red: 5 * 86_400 },
    queries: [
      {
        expr: `certmanager_certificate_expiration_timestamp_seconds{${NAMESPACE}} - time()`,
        legend: '{{name}}',
      },
    ],
  });
}
