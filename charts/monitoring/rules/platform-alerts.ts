import type { Alert, ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';

/** What the platform stands on: the quota and the certificates. */
export function platformAlerts(context: MonitoringContext): Alert[] {
  return [quotaNearlyUsed(context), ...(context.certificates ? certificateAlerts(context) : [])];
}

/** Resources of the quota that move with the load; claims and storage are always used to the full. */
export const QUOTA_RESOURCES = ['pods', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'] as const;

function quotaNearlyUsed(context: MonitoringContext): Alert {
  const metric = 'kube_resourcequota';
  const scope = { namespace: context.namespace, resource: QUOTA_RESOURCES };
  const used = series(metric, { ...scope, type: 'used' });
  const hard = series(metric, { ...scope, type: 'hard' });
  const quota = (type: string, value: number) =>
    constant(
      `${metric}{namespace="${context.namespace}",resourcequota="quota",resource="requests.cpu",type="${type}"}`,
      value,
    );
  return {
    name: 'QuotaNearlyUsed',
    severity: 'warning',
    symptom: 'quota',
    service: 'platform',
    expr: `${used} / on (namespace, resourcequota, resource) group_left () (${hard} > 0) > 0.9`,
    for: '15m',
    summary: '{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is used',
    description:
      'Above 90 % of the ResourceQuota for 15 minutes. The quota is what every autoscaler may ask for during a rollout; ' +
      'at 100 % the next pod is refused.',
    dashboard: 'capacity',
    proof: {
      fires: [quota('used', 91), quota('hard', 100)],
      quiet: [quota('used', 89), quota('hard', 100)],
      at: '20m',
    },
  };
}

const DAY_SECONDS = 86_400;

/** cert-manager renews 30 days before the end; later means that it could not. */
function certificateAlerts(context: MonitoringContext): Alert[] {
  const metric = 'certmanager_certificate_expiration_timestamp_seconds';
  const expiry = series(metric, { namespace: context.namespace });
  // The proof's clock starts at 0, and so does this certificate's countdown.
  const endsIn = (days: number): ProofSeries[] => [
    constant(`${metric}{namespace="${context.namespace}",name="tls"}`, days * DAY_SECONDS),
  ];
  const alert = (name: string, days: number, severity: 'critical' | 'warning'): Alert => ({
    name,
    severity,
    symptom: 'certificate',
    service: 'edge',
    expr: `${expiry} - time() < ${days * DAY_SECONDS}`,
    for: '1h',
    summary: 'Certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}',
    description: `Less than ${days} days are left. cert-manager renews it 30 days before the end, so renewal has been failing.`,
    dashboard: 'capacity',
    proof: { fires: endsIn(days), quiet: endsIn(days + 1), at: '2h', stepSeconds: 300 },
  });
  return [alert('CertificateExpiringSoon', 21, 'warning'), alert('CertificateExpiringNow', 5, 'critical')];
}

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

/**
 * Figures that come from programs of others. An expression over series that do not exist is silent, so their absence is an alert of its own,
 * asked of the figures themselves: a program that runs but may not read, or whose labels are overwritten by the scrape, is as blind as none.
 */
export function blindnessAlerts(context: MonitoringContext): Alert[] {
  return [objectsUnwatched(context), ...(context.certificates ? [certificatesUnwatched(context)] : [])];
}

const ABOUT = { symptom: 'monitoring', dashboard: 'capacity' } as const;

function objectsUnwatched(context: MonitoringContext): Alert {
  const metric = 'kube_deployment_spec_replicas';
  return {
    ...ABOUT,
    name: 'KubeStateMetricsDown',
    severity: 'critical',
    service: 'kube-state-metrics',
    expr: `absent(${series(metric, { namespace: context.namespace })})`,
    for: '5m',
    summary: `kube-state-metrics gives no figures about ${context.namespace}`,
    description:
      'For 5 minutes alerts about pods, rollouts, autoscalers, quota and backups have had no figures and cannot fire.',
    proof: {
      fires: [constant(`${metric}{namespace="elsewhere",deployment="sample"}`, 3)],
      quiet: [constant(`${metric}{namespace="${context.namespace}",deployment="sample"}`, 3)],
      at: '10m',
    },
  };
}

function certificatesUnwatched(context: MonitoringContext): Alert {
  const metric = 'certmanager_certificate_expiration_timestamp_seconds';
  return {
    ...ABOUT,
    name: 'CertificatesUnwatched',
    severity: 'warning',
    service: 'cert-manager',
    expr: `absent(${series(metric, { namespace: context.namespace })})`,
    for: '15m',
    summary: `cert-manager gives no figures about the certificates of ${context.namespace}`,
    description:
      'For 15 minutes no certificate has shown its end, so the alerts about expiry cannot fire. It is as serious as the oldest certificate.',
    proof: {
      fires: [constant(`${metric}{namespace="elsewhere",name="tls"}`, 1)],
      quiet: [constant(`${metric}{namespace="${context.namespace}",name="tls"}`, 1)],
      at: '20m',
    },
  };
}
