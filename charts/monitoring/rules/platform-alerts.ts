import { METRICS } from '../../../app/contract.ts';
import { when } from '../../constructs/lists.ts';
import { type Alert, type ProofSeries, warning } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant, counter, pod } from './proof.ts';

/** What the platform stands on: containers that run, targets that answer, the quota and the certificates. */
export function platformAlerts(context: MonitoringContext): Alert[] {
  return [
    ...podAlerts(context),
    quotaNearlyUsed(context),
    ...when(
      context.services.some((service) => service.shows(METRICS.logDropped)),
      logLinesDropped(context),
    ),
    ...(context.certificates ? certificateAlerts(context) : []),
  ];
}

/** Resources of the quota that move with the load; claims and storage are always used to the full. */
export const QUOTA_RESOURCES = ['pods', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'] as const;
export const QUOTA_RATIO = 0.9;

function quotaNearlyUsed({ namespace }: MonitoringContext): Alert {
  const metric = 'kube_resourcequota';
  const used = series(metric, { namespace, resource: QUOTA_RESOURCES, type: 'used' });
  const hard = series(metric, { namespace, resource: QUOTA_RESOURCES, type: 'hard' });
  // While kube-state-metrics is replaced, each series is there twice.
  const quota = (percent: number) =>
    ['old', 'new'].flatMap((instance) =>
      Object.entries({ used: percent, hard: 100 }).map(([type, value]) =>
        constant(
          series(metric, { namespace, instance, resourcequota: 'quota', resource: 'requests.cpu', type }),
          value,
        ),
      ),
    );
  return warning('QuotaNearlyUsed', {
    symptom: 'quota',
    service: 'platform',
    expr: `${used} / ignoring (type) (${hard} > 0) > ${QUOTA_RATIO}`,
    for: '15m',
    summary: '{{ $value | humanizePercentage }} of the quota of {{ $labels.resource }} is used',
    description:
      'Above 90 % of the ResourceQuota for 15 minutes. The quota is what every autoscaler may ask for during a rollout; at 100 % the next pod is refused.',
    dashboard: 'capacity',
    proof: { fires: quota(91), quiet: quota(89), at: '20m' },
  });
}

const DAY_SECONDS = 86_400;
const EXPIRY_DAYS = { soon: 21, now: 5 } as const;
export const CERTIFICATE_SECONDS = {
  soon: EXPIRY_DAYS.soon * DAY_SECONDS,
  now: EXPIRY_DAYS.now * DAY_SECONDS,
} as const;

/** cert-manager renews once a third of the time is left, at least 21 days here; later means that it could not. */
function certificateAlerts({ namespace }: MonitoringContext): Alert[] {
  const metric = 'certmanager_certificate_expiration_timestamp_seconds';
  // The proof's clock starts at 0, and so does this certificate's countdown.
  const endsIn = (days: number) => [constant(series(metric, { namespace, name: 'tls' }), days * DAY_SECONDS)];
  const alert = (name: string, days: number, severity: 'critical' | 'warning'): Alert => ({
    name,
    severity,
    symptom: 'certificate',
    service: 'edge',
    expr: `${series(metric, { namespace })} - time() < ${days * DAY_SECONDS}`,
    for: '1h',
    summary: 'Certificate {{ $labels.name }} expires in {{ $value | humanizeDuration }}',
    description: `Less than ${days} days are left. cert-manager renews a certificate once a third of its time is left, 30 days of 90, so renewal has been failing.`,
    dashboard: 'capacity',
    proof: { fires: endsIn(days), quiet: endsIn(days + 1), at: '2h', stepSeconds: 300 },
  });
  return [
    alert('CertificateExpiringSoon', EXPIRY_DAYS.soon, 'warning'),
    alert('CertificateExpiringNow', EXPIRY_DAYS.now, 'critical'),
  ];
}

/** Restarts of one container within half an hour that are more than an accident. A container in its longest back-off starts every five minutes. */
export const RESTARTS = 2;

function namespacesOf({ namespace, monitoringNamespace }: MonitoringContext): string[] {
  return monitoringNamespace === null ? [namespace] : [namespace, monitoringNamespace];
}

/** Containers that run and pods that answer, those of the monitoring too. */
function podAlerts(context: MonitoringContext): Alert[] {
  const scope = { namespace: namespacesOf(context) };
  const metric = 'kube_pod_container_status_restarts_total';
  const restarted = series(metric, scope);
  const restarts = (values: string): ProofSeries[] => [
    { series: series(metric, { namespace: context.namespace, pod: 'sample-a', container: 'sample' }), values },
  ];
  const up = (value: number) => [
    constant(series('up', { namespace: context.namespace, job: 'sample', pod: 'sample-a' }), value),
  ];
  return [
    warning('ContainerCrashLooping', {
      symptom: 'restarts',
      service: '{{ $labels.container }}',
      // changes() counts whole restarts where increase() would extrapolate two to a little over two; a pod that is gone is no trouble any more.
      expr: `changes(${restarted}[30m]) > ${RESTARTS} and ${restarted}`,
      for: '1m',
      summary: 'Container {{ $labels.container }} of pod {{ $labels.pod }} keeps restarting',
      description: `More than ${RESTARTS} restarts in 30 minutes: it crashes, is killed for its memory or fails its liveness probe.`,
      dashboard: 'pod',
      proof: { fires: restarts('0x20 1x11 2x11 3x60'), quiet: restarts('0x20 1x11 2x60'), at: '29m' },
    }),
    warning('TargetDown', {
      symptom: 'target',
      service: '{{ $labels.job }}',
      expr: `${series('up', scope)} == 0`,
      for: '5m',
      summary: 'Prometheus cannot scrape pod {{ $labels.pod }} of {{ $labels.job }}',
      description: 'For 5 minutes the pod has shown no metrics: it hangs, or a network policy or a port is wrong.',
      dashboard: 'pod',
      proof: { fires: up(0), quiet: up(1), at: '10m' },
    }),
  ];
}

/** Lines that neither standard output's reader nor the log store took: what happened in that time cannot be looked up. */
function logLinesDropped(context: MonitoringContext): Alert {
  const dropped = (perStep: number) => [counter(`${METRICS.logDropped}{${pod(context, 'sample')}}`, perStep)];
  return warning('LogLinesDropped', {
    symptom: 'monitoring',
    service: '{{ $labels.job }}',
    expr: `sum by (namespace, job) (increase(${series(METRICS.logDropped, { namespace: context.namespace })}[10m])) > 0`,
    for: '5m',
    summary: '{{ $labels.job }} dropped {{ $value | humanize }} log lines in ten minutes',
    description:
      'Log lines were lost for 5 minutes: their reader was too slow, or the log store refused them or was away for longer than 4 MiB of lines last.',
    dashboard: 'overview',
    proof: { fires: dropped(1), quiet: dropped(0), at: '20m' },
  });
}
