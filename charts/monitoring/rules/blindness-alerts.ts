import { series } from '../promql.ts';
import type { Watch } from '../watch.ts';
import { constant } from './proof.ts';
import type { Alert } from './rule.ts';

/**
 * Figures that come from programs of others. An expression over series that do not exist is silent, so their absence is an alert of its own,
 * asked of the figures themselves: a program that runs but may not read, or whose labels are overwritten by the scrape, is as blind as none.
 */
export function blindnessAlerts(watch: Watch): Alert[] {
  return [objectsUnwatched(watch), ...(watch.certificates ? [certificatesUnwatched(watch)] : [])];
}

const ABOUT = { symptom: 'monitoring', dashboard: 'capacity' } as const;

function objectsUnwatched(watch: Watch): Alert {
  const metric = 'kube_deployment_spec_replicas';
  return {
    ...ABOUT,
    name: 'KubeStateMetricsDown',
    severity: 'critical',
    service: 'kube-state-metrics',
    expr: `absent(${series(metric, { namespace: watch.namespace })})`,
    for: '5m',
    summary: `kube-state-metrics gives no figures about ${watch.namespace}`,
    description:
      'For 5 minutes alerts about pods, rollouts, autoscalers, quota and backups have had no figures and cannot fire.',
    proof: {
      fires: [constant(`${metric}{namespace="elsewhere",deployment="users"}`, 3)],
      quiet: [constant(`${metric}{namespace="${watch.namespace}",deployment="users"}`, 3)],
      at: '10m',
    },
  };
}

function certificatesUnwatched(watch: Watch): Alert {
  const metric = 'certmanager_certificate_expiration_timestamp_seconds';
  return {
    ...ABOUT,
    name: 'CertificatesUnwatched',
    severity: 'warning',
    service: 'cert-manager',
    expr: `absent(${series(metric, { namespace: watch.namespace })})`,
    for: '15m',
    summary: `cert-manager gives no figures about the certificates of ${watch.namespace}`,
    description:
      'For 15 minutes no certificate has shown its end, so the alerts about expiry cannot fire. It is as serious as the oldest certificate.',
    proof: {
      fires: [constant(`${metric}{namespace="elsewhere",name="tls"}`, 1)],
      quiet: [constant(`${metric}{namespace="${watch.namespace}",name="tls"}`, 1)],
      at: '20m',
    },
  };
}
