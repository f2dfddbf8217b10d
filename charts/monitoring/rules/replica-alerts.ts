import type { Alert, ProofSeries } from '../../plan/alert.ts';
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
    ...(service.kind === 'deployment' ? [rolloutStuck(service, context)] : []),
    ...(service.size.autoscaled
      ? [atMaxReplicas(service, context), flapping(service, context), withoutMetrics(service, context)]
      : []),
  ];
}

function belowMinReplicas({ name, size, kind }: WatchedService, { namespace, environment }: MonitoringContext): Alert {
  const metric =
    kind === 'deployment' ? 'kube_deployment_status_replicas_available' : 'kube_statefulset_status_replicas_ready';
  const available = series(metric, { namespace, [kind]: name });
  return {
    name: 'PodsBelowMinReplicas',
    severity: 'critical',
    symptom: 'pods',
    service: name,
    expr: `${available} < ${size.minReplicas}`,
    for: '3m',
    summary: `${name} has {{ $value }} of at least ${size.minReplicas} pods`,
    description: `Fewer pods are available than the ${size.minReplicas} (minReplicas) that ${environment} promises. The next loss may be an outage.`,
    dashboard: 'capacity',
    proof: {
      fires: [constant(available, size.minReplicas - 1)],
      quiet: [constant(available, size.minReplicas)],
      at: '10m',
    },
  };
}

function rolloutStuck({ name }: WatchedService, { namespace }: MonitoringContext): Alert {
  const progressing = (status: 'true' | 'false') =>
    series('kube_deployment_status_condition', { namespace, deployment: name, condition: 'Progressing', status });
  return {
    name: 'RolloutStuck',
    severity: 'warning',
    symptom: 'rollout',
    service: name,
    expr: `${progressing('false')} == 1`,
    for: '1m',
    summary: `The rollout of ${name} has missed its deadline`,
    description:
      'The Deployment has made no progress within its deadline. The old pods still serve; the new version is not out.',
    dashboard: 'capacity',
    proof: { fires: [constant(progressing('false'), 1)], quiet: [constant(progressing('true'), 1)], at: '5m' },
  };
}

const ABOUT_AUTOSCALER = { severity: 'warning', symptom: 'autoscaler', dashboard: 'capacity' } as const;

function atMaxReplicas({ name, size }: WatchedService, { namespace }: MonitoringContext): Alert {
  const pods = series(`${HPA}_status_current_replicas`, { namespace, horizontalpodautoscaler: name });
  return {
    ...ABOUT_AUTOSCALER,
    name: 'AutoscalerAtMaxReplicas',
    service: name,
    expr: `${pods} >= ${size.maxReplicas}`,
    for: '15m',
    summary: `${name} runs all ${size.maxReplicas} pods that it may have`,
    description: `The autoscaler has been at maxReplicas (${size.maxReplicas}) for 15 minutes. More load now makes the service slower, not larger.`,
    proof: { fires: [constant(pods, size.maxReplicas)], quiet: [constant(pods, size.maxReplicas - 1)], at: '20m' },
  };
}

function flapping({ name }: WatchedService, { namespace }: MonitoringContext): Alert {
  const pods = series(`${HPA}_status_desired_replicas`, { namespace, horizontalpodautoscaler: name });
  const wanted = (steps: number): ProofSeries[] => [
    { series: pods, values: Array.from({ length: 30 }, (_, turn) => `${3 + (turn % 2)}x${steps}`).join(' ') },
  ];
  return {
    ...ABOUT_AUTOSCALER,
    name: 'AutoscalerFlapping',
    service: name,
    expr: `changes(${pods}[30m]) > ${CHANGES}`,
    for: '5m',
    summary: `The autoscaler of ${name} changed the number of pods {{ $value }} times in half an hour`,
    description: `More than ${CHANGES} changes in 30 minutes: pods keep starting and stopping, and each one costs capacity while it warms up.`,
    proof: { fires: wanted(3), quiet: wanted(7), at: '45m' },
  };
}

function withoutMetrics({ name }: WatchedService, { namespace }: MonitoringContext): Alert {
  const active = (status: 'true' | 'false') =>
    series(`${HPA}_status_condition`, {
      namespace,
      horizontalpodautoscaler: name,
      condition: 'ScalingActive',
      status,
    });
  const is = (status: 'true' | 'false', value: 0 | 1) => constant(active(status), value);
  return {
    ...ABOUT_AUTOSCALER,
    name: 'AutoscalerWithoutMetrics',
    service: name,
    expr: `${active('false')} == 1`,
    for: '5m',
    summary: `The autoscaler of ${name} gets no metrics`,
    description:
      'ScalingActive has been false for 5 minutes: the autoscaler knows neither CPU nor memory, so load does not add pods.',
    proof: { fires: [is('false', 1), is('true', 0)], quiet: [is('false', 0), is('true', 1)], at: '10m' },
  };
}
