import type { Alert, ProofSeries } from '../../plan/alert.ts';
import { series } from '../promql.ts';
import { constant, counter } from './proof.ts';

/** The scrape jobs of what watches. */
export const WATCHERS = {
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
} as const;

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
    description: 'This alert always fires. Its mail goes to a mailbox that raises the alarm when it stops coming.',
    dashboard: 'overview',
    proof: { fires: [constant('up', 1)], quiet: null, at: '1m' },
  };
}

/** Prometheus and Alertmanager themselves; where somebody else's context, they context themselves. */
export function monitoringAlerts(namespace: string): Alert[] {
  return [
    alertmanagerDown(namespace),
    ruleFailures(namespace),
    notificationsLost(namespace),
    mailFailing(namespace),
    retentionCut(namespace),
    sampleLimit(namespace),
  ];
}

const ABOUT = { symptom: 'monitoring', dashboard: 'overview' } as const;

function labels(namespace: string, job: string, more = ''): string {
  return `{namespace="${namespace}",job="${job}",pod="${job}-0"${more}}`;
}

/** A counter that grows for a minute and stands still after it: what a restart leaves behind. It looks bad for as long as a window remembers. */
function brief(metric: string, namespace: string, job: string, more = ''): ProofSeries[] {
  return [{ series: `${metric}${labels(namespace, job, more)}`, values: '0x15 1 2 2x60' }];
}

function alertmanagerDown(namespace: string): Alert {
  const job = WATCHERS.alertmanager;
  const up = (value: number) => [constant(`up${labels(namespace, job)}`, value)];
  return {
    ...ABOUT,
    name: 'AlertmanagerDown',
    severity: 'critical',
    service: job,
    expr: `absent(${series('up', { namespace, job })} == 1)`,
    for: '5m',
    summary: 'alertmanager does not answer',
    description:
      'No alert reaches anybody. This one is seen in Prometheus and Grafana only; the missing watchdog mail raises the alarm.',
    proof: { fires: up(0), quiet: up(1), at: '10m' },
  };
}

function ruleFailures(namespace: string): Alert {
  const metric = 'prometheus_rule_evaluation_failures_total';
  const failures = (perStep: number) => [counter(`${metric}${labels(namespace, WATCHERS.prometheus)}`, perStep)];
  return {
    ...ABOUT,
    name: 'PrometheusRuleFailures',
    severity: 'critical',
    service: WATCHERS.prometheus,
    // Twice the interval of the slowest group: one that fails at every evaluation never looks healthy in between.
    expr: `increase(${series(metric, { namespace, job: WATCHERS.prometheus })}[10m]) > 0`,
    for: '5m',
    summary: 'Prometheus fails to evaluate rules of {{ $labels.rule_group }}',
    description:
      'Evaluations have failed within the last 10 minutes, about {{ $value | humanize }} of them. A rule that fails cannot fire; the log names it and the reason.',
    proof: { fires: failures(1), quiet: failures(0), at: '15m' },
  };
}

function notificationsLost(namespace: string): Alert {
  const metric = 'prometheus_notifications_dropped_total';
  const dropped = (perStep: number) => [counter(`${metric}${labels(namespace, WATCHERS.prometheus)}`, perStep)];
  return {
    ...ABOUT,
    name: 'PrometheusDropsAlerts',
    severity: 'critical',
    service: WATCHERS.prometheus,
    expr: `increase(${series(metric, { namespace, job: WATCHERS.prometheus })}[5m]) > 0`,
    // A restart of Alertmanager loses what is sent meanwhile, and Prometheus sends it again a minute later: that wakes nobody.
    for: '10m',
    summary: 'Prometheus drops alerts on their way to Alertmanager',
    description:
      'For 10 minutes alerts have not reached Alertmanager; the network, a policy or Alertmanager is in the way.',
    proof: { fires: dropped(1), quiet: brief(metric, namespace, WATCHERS.prometheus), at: '13m' },
  };
}

function mailFailing(namespace: string): Alert {
  const metric = 'alertmanager_notifications_failed_total';
  const scope = { namespace, job: WATCHERS.alertmanager, integration: 'email' };
  const failed = (perStep: number): ProofSeries[] => [
    counter(`${metric}${labels(namespace, WATCHERS.alertmanager, ',integration="email"')}`, perStep),
  ];
  return {
    ...ABOUT,
    name: 'AlertMailsFailing',
    severity: 'critical',
    service: WATCHERS.alertmanager,
    expr: `sum by (namespace, job) (increase(${series(metric, scope)}[5m])) > 0`,
    // A mail that fails is sent again within minutes: one failure is not a mail server that is gone.
    for: '10m',
    summary: 'Alertmanager cannot send mail: {{ $value | humanize }} failed in five minutes',
    description:
      'Mails have been failing for 10 minutes: the mail server refuses or cannot be reached. The missing watchdog mail raises the alarm if none gets through.',
    proof: {
      fires: failed(1),
      quiet: brief(metric, namespace, WATCHERS.alertmanager, ',integration="email"'),
      at: '13m',
    },
  };
}

function retentionCut(namespace: string): Alert {
  const scope = { namespace, job: WATCHERS.prometheus };
  const used = 'prometheus_tsdb_storage_blocks_bytes';
  const most = 'prometheus_tsdb_retention_limit_bytes';
  const blocks = (percent: number) => [
    constant(`${used}${labels(namespace, WATCHERS.prometheus)}`, percent),
    constant(`${most}${labels(namespace, WATCHERS.prometheus)}`, 100),
  ];
  return {
    ...ABOUT,
    name: 'PrometheusStorageNearlyFull',
    severity: 'warning',
    service: WATCHERS.prometheus,
    expr: `${series(used, scope)} / ${series(most, scope)} > 0.9`,
    for: '15m',
    summary: 'Prometheus uses {{ $value | humanizePercentage }} of its storage limit',
    description:
      'Above 90 % of retention.size (85 % of the volume). At 100 % it deletes the oldest days early, and error budgets count fewer than 30.',
    proof: { fires: blocks(91), quiet: blocks(89), at: '20m' },
  };
}

function sampleLimit(namespace: string): Alert {
  const metric = 'prometheus_target_scrapes_exceeded_sample_limit_total';
  const exceeded = (perStep: number) => [counter(`${metric}${labels(namespace, WATCHERS.prometheus)}`, perStep)];
  return {
    ...ABOUT,
    name: 'ScrapeSampleLimitExceeded',
    severity: 'warning',
    service: WATCHERS.prometheus,
    expr: `increase(${series(metric, { namespace, job: WATCHERS.prometheus })}[10m]) > 0`,
    for: '5m',
    summary: 'A target shows more series than Prometheus accepts',
    description: 'Its whole scrape is refused: a label has grown without bound. TargetDown names the pod.',
    proof: { fires: exceeded(1), quiet: exceeded(0), at: '20m' },
  };
}
