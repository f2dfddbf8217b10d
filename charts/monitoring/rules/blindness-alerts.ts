import type { Alert } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';

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
