import type { Alert, ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
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
