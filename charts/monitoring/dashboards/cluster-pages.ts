import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import { when } from '../../constructs/lists.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { labelOf, serviceLink } from '../links.ts';
import { CERTIFICATE_SECONDS, QUOTA_RATIO, QUOTA_RESOURCES, RESTARTS } from '../rules/platform-alerts.ts';
import { CHANGES, HPA } from '../rules/replica-alerts.ts';
import { dashboard, NAMESPACE, POD } from './dashboard.ts';
import { figure, graph } from './panels.ts';
import { answers, EVENT_LOOP_DELAY, eventLoop, usage } from './signals.ts';

/** One pod: does it run, what does it answer, what does it use. A pod that is no service of ours shows what the cluster says of it. */
export function podPage(context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'pod',
    title: 'Pod',
    description: 'One pod: containers, restarts, requests, use',
    chooses: 'pod',
    panels: [...containerFigures(), ...serviceFigures(), ...podGraphs(context)],
  });
}

function containerFigures() {
  const state = (name: string) => `sum(kube_pod_container_status_${name}{${POD}})`;
  return [
    figure('Containers', 'none', { description: 'Containers that run.', expr: state('running') }),
    figure('Restarts', 'none', {
      description: 'Restarts of its containers since it was made.',
      limits: { amber: 1, red: RESTARTS + 1 },
      expr: state('restarts_total'),
    }),
  ];
}

/** Nothing for a pod that is no service of ours. */
function serviceFigures() {
  const quiet = 'Not shown';
  return [
    figure('Requests', 'reqps', {
      description: 'Requests a second.',
      quiet,
      expr: `sum(rate(${METRICS.requests}{${POD}}[5m]))`,
    }),
    figure('In flight', 'none', {
      description: 'Requests being served now.',
      quiet,
      expr: `sum(${METRICS.inFlight}{${POD}})`,
    }),
    figure('Redis', 'none', {
      description: '1 while it is connected to Redis.',
      limits: { red: 1, lowIsBad: true },
      quiet,
      expr: `min(${METRICS.redisUp}{${POD}})`,
    }),
    figure('/tmp', 'percent', {
      description: "Use of /tmp, in percent of the pod's size limit.",
      limits: { amber: 80, red: 90 },
      quiet,
      expr: `max(${METRICS.disk}{${POD}})`,
    }),
  ];
}

function podGraphs({ project }: MonitoringContext) {
  const job = (metric: string) => ({
    lines: { '{{job}}': `${metric}{${POD}}` },
    opens: serviceLink(project, labelOf('job')),
  });
  return [
    ...answers(POD),
    eventLoop(job(EVENT_LOOP_DELAY)),
    usage('CPU', 'CPU', job(METRICS.cpu)),
    usage('Memory', 'memory', job(METRICS.memory)),
    restarts(POD),
  ];
}

function restarts(scope: string) {
  return graph('Restarts by container', 'none', {
    description: 'Restarts of containers within half an hour.',
    limits: { amber: 1, red: RESTARTS + 1 },
    lines: { '{{container}}': `sum by (container) (changes(kube_pod_container_status_restarts_total{${scope}}[30m]))` },
  });
}

/** Autoscaler, quota and certificates: what the platform may still ask for, and what it does with it. */
export function capacityPage(context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'capacity',
    title: 'Autoscaler and quota',
    description: 'Pods between minReplicas and maxReplicas, use of the quota, restarts, certificates',
    panels: [
      ...(context.services.some(({ size }) => size.autoscaled) ? autoscaler() : []),
      missing(),
      quota(),
      restarts(NAMESPACE),
      ...when(context.certificates, certificates()),
    ],
  });
}

function autoscaler() {
  const byService = (expr: string) => ({ '{{horizontalpodautoscaler}}': expr });
  return [
    graph('Pods by service', 'none', {
      description: 'Pods that the autoscaler of each service has now.',
      lines: byService(`${HPA}_status_current_replicas{${NAMESPACE}}`),
    }),
    graph('Share of maxReplicas', 'percentunit', {
      description: 'Pods wanted, of the most that are allowed: at 100 % more load makes a service slower, not larger.',
      max: 1,
      limits: { amber: 0.8, red: 1 },
      lines: byService(`${HPA}_status_desired_replicas{${NAMESPACE}} / ${HPA}_spec_max_replicas{${NAMESPACE}}`),
    }),
    graph('Changes of the wanted pods', 'none', {
      description: `How often the wanted number changed within half an hour; more than ${CHANGES} is restless.`,
      limits: { amber: CHANGES, red: CHANGES + 1 },
      lines: byService(`changes(${HPA}_status_desired_replicas{${NAMESPACE}}[30m])`),
    }),
  ];
}

function missing() {
  return graph('Missing pods', 'none', {
    description: 'Pods of each Deployment that are wanted but not available.',
    limits: { amber: 1, red: 2 },
    lines: {
      '{{deployment}}': `kube_deployment_spec_replicas{${NAMESPACE}} - kube_deployment_status_replicas_available{${NAMESPACE}}`,
    },
  });
}

function quota() {
  const of = (type: string) =>
    `kube_resourcequota{${NAMESPACE},resource=~"${QUOTA_RESOURCES.join('|')}",type="${type}"}`;
  return graph('Use of the quota', 'percentunit', {
    description:
      'Of the ResourceQuota, by resource: it has room for the maxReplicas of every service during a rollout.',
    max: 1,
    limits: { amber: QUOTA_RATIO - 0.1, red: QUOTA_RATIO },
    lines: { '{{resource}}': `${of('used')} / ignoring (type) (${of('hard')} > 0)` },
  });
}

function certificates() {
  return graph('Certificates: time left', 's', {
    description: 'cert-manager renews once a third of the time is left; below 21 days something is wrong.',
    limits: { amber: CERTIFICATE_SECONDS.soon, red: CERTIFICATE_SECONDS.now, lowIsBad: true },
    lines: { '{{name}}': `certmanager_certificate_expiration_timestamp_seconds{${NAMESPACE}} - time()` },
  });
}
