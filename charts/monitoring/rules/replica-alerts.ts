import { when } from '../../constructs/lists.ts';
import { type Alert, critical, type ProofSeries, warning } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';

export const HPA = 'kube_horizontalpodautoscaler';
/** A climb from minReplicas to maxReplicas and back is about six changes in half an hour: more is hesitation. */
export const CHANGES = 8;

/** Whether the pods that the environment promises a service are there, and whether its autoscaler can do its work. */
export function replicaAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  return [
    belowMinReplicas(service, context),
    ...when(service.kind === 'deployment', rolloutStuck(service, context)),
    ...(service.size.autoscaled ? autoscalerAlerts(service, context) : []),
  ];
}

export function availablePods({ kind }: WatchedService): string {
  return kind === 'deployment' ? 'kube_deployment_status_replicas_available' : 'kube_statefulset_status_replicas_ready';
}

function belowMinReplicas(service: WatchedService, { namespace, environment }: MonitoringContext): Alert {
  const { name, kind } = service;
  const { minReplicas } = service.size;
  const available = series(availablePods(service), { namespace, [kind]: name });
  return critical('PodsBelowMinReplicas', {
    symptom: 'pods',
    service: name,
    expr: `${available} < ${minReplicas}`,
    for: '3m',
    summary: `${name} has {{ $value }} of at least ${minReplicas} pods`,
    description: `Fewer pods are available than the ${minReplicas} (minReplicas) that ${environment} promises. The next loss may be an outage.`,
    dashboard: 'capacity',
    proof: { fires: [constant(available, minReplicas - 1)], quiet: [constant(available, minReplicas)], at: '10m' },
  });
}

function rolloutStuck({ name }: WatchedService, { namespace }: MonitoringContext): Alert {
  const progressing = (status: 'true' | 'false') =>
    series('kube_deployment_status_condition', { namespace, deployment: name, condition: 'Progressing', status });
  return warning('RolloutStuck', {
    symptom: 'rollout',
    service: name,
    expr: `${progressing('false')} == 1`,
    for: '1m',
    summary: `The rollout of ${name} has missed its deadline`,
    description:
      'The Deployment has made no progress within its deadline. The old pods still serve; the new version is not out.',
    dashboard: 'capacity',
    proof: { fires: [constant(progressing('false'), 1)], quiet: [constant(progressing('true'), 1)], at: '5m' },
  });
}

function autoscalerAlerts({ name, size: { maxReplicas } }: WatchedService, { namespace }: MonitoringContext): Alert[] {
  const about = { service: name, severity: 'warning', symptom: 'autoscaler', dashboard: 'capacity' } as const;
  const ofAutoscaler = (metric: string, more = {}) =>
    series(`${HPA}_${metric}`, { namespace, horizontalpodautoscaler: name, ...more });
  const pods = ofAutoscaler('status_current_replicas');
  const wanted = ofAutoscaler('status_desired_replicas');
  const active = (status: 'true' | 'false') => ofAutoscaler('status_condition', { condition: 'ScalingActive', status });
  const isActive = (yes: 0 | 1) => [constant(active('false'), 1 - yes), constant(active('true'), yes)];
  return [
    {
      ...about,
      name: 'AutoscalerAtMaxReplicas',
      expr: `${pods} >= ${maxReplicas}`,
      for: '15m',
      summary: `${name} runs all ${maxReplicas} pods that it may have`,
      description: `The autoscaler has been at maxReplicas (${maxReplicas}) for 15 minutes. More load now makes the service slower, not larger.`,
      proof: { fires: [constant(pods, maxReplicas)], quiet: [constant(pods, maxReplicas - 1)], at: '20m' },
    },
    {
      ...about,
      name: 'AutoscalerFlapping',
      expr: `changes(${wanted}[30m]) > ${CHANGES}`,
      for: '5m',
      summary: `The autoscaler of ${name} changed the number of pods {{ $value }} times in half an hour`,
      description: `More than ${CHANGES} changes in 30 minutes: pods keep starting and stopping, and each one costs capacity while it warms up.`,
      proof: { fires: [upAndDown(wanted, 3)], quiet: [upAndDown(wanted, 7)], at: '45m' },
    },
    {
      ...about,
      name: 'AutoscalerWithoutMetrics',
      expr: `${active('false')} == 1`,
      for: '5m',
      summary: `The autoscaler of ${name} gets no metrics`,
      description:
        'ScalingActive has been false for 5 minutes: the autoscaler knows neither CPU nor memory, so load does not add pods.',
      proof: { fires: isActive(0), quiet: isActive(1), at: '10m' },
    },
  ];
}

/** Between three and four, every so many steps. */
function upAndDown(pods: string, steps: number): ProofSeries {
  return { series: pods, values: Array.from({ length: 30 }, (_, turn) => `${3 + (turn % 2)}x${steps}`).join(' ') };
}
