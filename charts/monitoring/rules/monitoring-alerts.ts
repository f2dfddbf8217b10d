import { when } from '../../constructs/lists.ts';
import { type Alert, critical, type ProofSeries, warning } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { MONITORS } from '../standalone/component.ts';
import { constant, counter } from './proof.ts';

/** An alert that always fires: when its mail stops coming, everything between Prometheus and the mailbox is suspect. */
export function watchdog(): Alert {
  return {
    name: 'Watchdog',
    severity: 'none',
    symptom: 'watchdog',
    service: 'monitoring',
    expr: 'vector(1)',
    for: '0s',
    summary: 'The alerting chain works',
    description:
      'This alert always fires. Its mail goes to a mailbox that raises the alarm when the mail stops coming.',
    dashboard: 'overview',
    proof: { fires: [constant('up', 1)], quiet: null, at: '1m' },
  };
}

const ABOUT = { symptom: 'monitoring', dashboard: 'overview' } as const;

/** Prometheus and Alertmanager themselves; where somebody else's watch, they watch themselves. */
export function monitoringAlerts(namespace: string): Alert[] {
  return [
    alertmanagerDown(namespace),
    ...COUNTED.map((failure) => counted(failure, namespace)),
    retentionCut(namespace),
  ];
}

function alertmanagerDown(namespace: string): Alert {
  const job = MONITORS.alertmanager;
  const up = (value: number) => [constant(series('up', { namespace, job, pod: `${job}-0` }), value)];
  return critical('AlertmanagerDown', {
    ...ABOUT,
    service: job,
    expr: `absent(${series('up', { namespace, job })} == 1)`,
    for: '5m',
    summary: 'Alertmanager does not answer',
    description:
      'No alert reaches anyone. This one is visible in Prometheus and Grafana only; the missing watchdog mail raises the alarm.',
    proof: { fires: up(0), quiet: up(1), at: '10m' },
  });
}

/** A failure that a program counts: one within the window is too many. */
interface Counted extends Pick<Alert, 'name' | 'severity' | 'summary' | 'description'> {
  readonly job: (typeof MONITORS)[keyof typeof MONITORS];
  readonly metric: string;
  readonly matchers?: Readonly<Record<string, string>>;
  readonly by?: string;
  readonly window: '5m' | '10m';
  readonly for: '5m' | '10m';
}

const COUNTED: readonly Counted[] = [
  {
    name: 'PrometheusRuleFailures',
    severity: 'critical',
    job: MONITORS.prometheus,
    metric: 'prometheus_rule_evaluation_failures_total',
    by: 'rule_group',
    // Twice the interval of the slowest group: one that fails at every evaluation never looks healthy in between.
    window: '10m',
    for: '5m',
    summary: 'Prometheus cannot evaluate rules of {{ $labels.rule_group }}',
    description:
      'Evaluations of rules have failed within 10 minutes. A rule that fails cannot fire; the log names it and the reason.',
  },
  {
    name: 'PrometheusDropsAlerts',
    severity: 'critical',
    job: MONITORS.prometheus,
    metric: 'prometheus_notifications_dropped_total',
    window: '5m',
    // A restart of Alertmanager loses what is sent meanwhile, and Prometheus sends it again a minute later: that wakes nobody.
    for: '10m',
    summary: 'Prometheus cannot deliver alerts to Alertmanager',
    description:
      'Alerts have been lost on the way for 10 minutes: the network, a policy or Alertmanager is in the way.',
  },
  {
    name: 'AlertMailsFailing',
    severity: 'critical',
    job: MONITORS.alertmanager,
    metric: 'alertmanager_notifications_failed_total',
    matchers: { integration: 'email' },
    window: '5m',
    // A mail that fails is sent again within minutes: one failure is not a mail server that is gone.
    for: '10m',
    summary: 'Alertmanager cannot send mail: {{ $value | humanize }} failed in five minutes',
    description:
      'Mails have been failing for 10 minutes: the mail server refuses them or cannot be reached. If none gets through, the missing watchdog mail raises the alarm.',
  },
  {
    name: 'ScrapeSampleLimitExceeded',
    severity: 'warning',
    job: MONITORS.prometheus,
    metric: 'prometheus_target_scrapes_exceeded_sample_limit_total',
    window: '10m',
    for: '5m',
    summary: 'A target shows more series than Prometheus accepts',
    description:
      'Prometheus refuses the whole scrape, because a label has grown without bound. TargetDown names the pod.',
  },
];

function counted({ metric, job, matchers = {}, by, window, ...alert }: Counted, namespace: string): Alert {
  const growth = `increase(${series(metric, { namespace, job, ...matchers })}[${window}])`;
  const shown = series(metric, { namespace, job, pod: `${job}-0`, ...matchers });
  // Where the alert waits longer than it remembers, a short growth is forgotten in time: what a restart leaves behind.
  const short: ProofSeries = { series: shown, values: '0x15 1 2 2x60' };
  const forgets = alert.for === '10m' && window === '5m';
  return {
    ...ABOUT,
    ...alert,
    service: job,
    expr: `sum by (namespace, job${by === undefined ? '' : `, ${by}`}) (${growth}) > 0`,
    proof: {
      fires: [counter(shown, 1)],
      quiet: [forgets ? short : counter(shown, 0)],
      at: forgets ? '13m' : '15m',
    },
  };
}

function retentionCut(namespace: string): Alert {
  const scope = { namespace, job: MONITORS.prometheus };
  const used = 'prometheus_tsdb_storage_blocks_bytes';
  const most = 'prometheus_tsdb_retention_limit_bytes';
  const blocks = (percent: number) =>
    Object.entries({ [used]: percent, [most]: 100 }).map(([metric, value]) => constant(series(metric, scope), value));
  return warning('PrometheusStorageNearlyFull', {
    ...ABOUT,
    service: MONITORS.prometheus,
    expr: `${series(used, scope)} / ${series(most, scope)} > 0.9`,
    for: '15m',
    summary: 'Prometheus uses {{ $value | humanizePercentage }} of its storage limit',
    description:
      'Above 90 % of retention.size (85 % of the volume). At 100 % it deletes the oldest days early, and error budgets count fewer than 30.',
    proof: { fires: blocks(91), quiet: blocks(89), at: '20m' },
  });
}

/**
 * Metrics that come from programs of others. An expression over series that do not exist is silent, so their absence is an alert of its own,
 * asked of the metrics themselves: a program that runs but may not read, or whose labels the scrape overwrites, is as blind as none.
 */
export function blindnessAlerts({ namespace, certificates }: MonitoringContext): Alert[] {
  return [
    critical('KubeStateMetricsDown', {
      ...absent('kube_deployment_spec_replicas', namespace, { deployment: 'sample' }),
      service: MONITORS.kubeState,
      for: '5m',
      summary: `kube-state-metrics shows nothing of ${namespace}`,
      description:
        'For 5 minutes the alerts about pods, rollouts, autoscalers, quota and backups have had no metrics, so they cannot fire.',
    }),
    ...when<Alert>(
      certificates,
      warning('CertificatesUnwatched', {
        ...absent('certmanager_certificate_expiration_timestamp_seconds', namespace, { name: 'tls' }),
        service: 'cert-manager',
        for: '15m',
        summary: `cert-manager shows no certificate of ${namespace}`,
        description:
          'For 15 minutes no certificate has shown when it expires, so the alerts about expiry cannot fire. It is as serious as the oldest certificate.',
      }),
    ),
  ];
}

function absent(metric: string, namespace: string, of: Readonly<Record<string, string>>) {
  return {
    symptom: 'monitoring',
    dashboard: 'capacity',
    expr: `absent(${series(metric, { namespace })})`,
    proof: {
      fires: [constant(series(metric, { namespace: 'elsewhere', ...of }), 1)],
      quiet: [constant(series(metric, { namespace, ...of }), 1)],
      at: '20m',
    },
  } as const;
}
