import type { Alert, ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';

/** Whether the pods that the environment promises are there. */
export function podAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  return [podsBelowFloor(service, context), ...(service.kind === 'deployment' ? [rolloutStuck(service, context)] : [])];
}

function podsBelowFloor({ name, size, kind }: WatchedService, context: MonitoringContext): Alert {
  const metric =
    kind === 'deployment' ? 'kube_deployment_status_replicas_available' : 'kube_statefulset_status_replicas_ready';
  const available = (pods: number) => [constant(`${metric}{namespace="${context.namespace}",${kind}="${name}"}`, pods)];
  return {
    name: 'PodsBelowFloor',
    severity: 'critical',
    symptom: 'pods',
    service: name,
    expr: `${series(metric, { namespace: context.namespace, [kind]: name })} < ${size.minReplicas}`,
    for: '3m',
    summary: `${name} has {{ $value }} of at least ${size.minReplicas} pods`,
    description: `Fewer pods are available than the floor of ${size.minReplicas} that ${context.environment} promises; the next loss may be an outage.`,
    dashboard: 'capacity',
    proof: { fires: available(size.minReplicas - 1), quiet: available(size.minReplicas), at: '10m' },
  };
}

function rolloutStuck({ name }: WatchedService, context: MonitoringContext): Alert {
  const metric = 'kube_deployment_status_condition';
  const labels = `namespace="${context.namespace}",deployment="${name}",condition="Progressing"`;
  const progressing = (status: 'true' | 'false') => [constant(`${metric}{${labels},status="${status}"}`, 1)];
  return {
    name: 'RolloutStuck',
    severity: 'warning',
    symptom: 'rollout',
    service: name,
    expr: `${series(metric, { namespace: context.namespace, deployment: name, condition: 'Progressing', status: 'false' })} == 1`,
    for: '1m',
    summary: `The rollout of ${name} has failed its deadline`,
    description:
      'The Deployment has made no progress within its deadline. The old pods still serve; the new version is not out.',
    dashboard: 'capacity',
    proof: { fires: progressing('false'), quiet: progressing('true'), at: '5m' },
  };
}

/** Restarts of one container within half an hour that are more than an accident. A container in its longest back-off starts every five minutes. */
const RESTARTS = 2;

export function crashLooping(context: MonitoringContext): Alert {
  const metric = 'kube_pod_container_status_restarts_total';
  const namespaces = [
    context.namespace,
    ...(context.monitoringNamespace === null ? [] : [context.monitoringNamespace]),
  ];
  const restarted = series(metric, { namespace: namespaces });
  const restarts = (values: string): ProofSeries[] => [
    { series: `${metric}{namespace="${context.namespace}",pod="sample-a",container="sample"}`, values },
  ];
  return {
    name: 'ContainerCrashLooping',
    severity: 'warning',
    symptom: 'restarts',
    service: '{{ $labels.container }}',
    // changes() counts whole restarts where increase() would extrapolate two to a little over two; a pod that is gone is no trouble any more.
    expr: `changes(${restarted}[30m]) > ${RESTARTS} and ${restarted}`,
    for: '1m',
    summary: 'Container {{ $labels.container }} of pod {{ $labels.pod }} keeps restarting',
    description: `More than ${RESTARTS} restarts in 30 minutes: it crashes, is killed for its memory or fails its liveness probe.`,
    dashboard: 'capacity',
    proof: { fires: restarts('0x20 1x11 2x11 3x60'), quiet: restarts('0x20 1x11 2x60'), at: '29m' },
  };
}

export function targetDown(context: MonitoringContext): Alert {
  const namespaces = [
    context.namespace,
    ...(context.monitoringNamespace === null ? [] : [context.monitoringNamespace]),
  ];
  const up = (value: number) => [constant(`up{namespace="${context.namespace}",job="sample",pod="sample-a"}`, value)];
  return {
    name: 'TargetDown',
    severity: 'warning',
    symptom: 'target',
    service: '{{ $labels.job }}',
    expr: `${series('up', { namespace: namespaces })} == 0`,
    for: '5m',
    summary: 'Pod {{ $labels.pod }} of {{ $labels.job }} gives no metrics',
    description:
      'Prometheus has not been able to scrape it for 5 minutes: the pod hangs, or a policy or a port is wrong.',
    dashboard: 'overview',
    proof: { fires: up(0), quiet: up(1), at: '10m' },
  };
}
