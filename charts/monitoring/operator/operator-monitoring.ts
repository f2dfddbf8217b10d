import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Mail, Monitoring } from '../../plan/environment.ts';
import type { Plan } from '../../plan/part.ts';
import { HTML, INHIBITIONS, receiversOf, routeOf, SMTP_PASSWORD, SUBJECT, TEXT } from '../alertmanager/config.ts';
import { dashboardFiles } from '../dashboards/dashboard-files.ts';
import { ruleGroupDocument, ruleGroups } from '../rules/rule-groups.ts';
import { smtpSecret } from '../standalone/component.ts';
import { type ScrapeJob, scrapeJobs } from '../standalone/prometheus.ts';

type OperatorSettings = Extract<Monitoring, { kind: 'operator' }>;

/** Label by which the sidecar of the Grafana chart finds dashboards. */
const DASHBOARD_LABEL = { grafana_dashboard: '1' };

/** For a cluster with the Prometheus Operator: the same rules, routes and dashboards as objects of its kinds. */
export function addOperatorMonitoring(scope: Construct, plan: Plan, { release, mail }: OperatorSettings): void {
  const context = plan.monitoring;
  if (context === null) return;
  const parent = new Construct(scope, 'monitoring');
  const metadataOf = (name: string) => ({
    name,
    labels: { ...plan.labels({ name, component: 'monitoring' }), release },
  });
  const add = (kind: string, version: string, name: string, spec: Record<string, unknown>) =>
    new ApiObject(parent, `${kind}-${name}`, {
      apiVersion: `monitoring.coreos.com/${version}`,
      kind,
      metadata: metadataOf(name),
      spec,
    });
  for (const job of scrapeJobs(context)) add('PodMonitor', 'v1', job.name, podMonitorSpec(job));
  for (const group of ruleGroups(context))
    add('PrometheusRule', 'v1', group.name, { groups: [ruleGroupDocument(group, context)] });
  add('AlertmanagerConfig', 'v1alpha1', 'mail', alertmanagerConfigSpec(mail));
  for (const { name, json } of dashboardFiles(context)) {
    const { labels, ...metadata } = metadataOf(`grafana-dashboard-${name}`);
    new k8s.KubeConfigMap(parent, `dashboard-${name}`, {
      metadata: { ...metadata, labels: { ...labels, ...DASHBOARD_LABEL } },
      data: { [`${name}.json`]: json },
    });
  }
}

function podMonitorSpec({ namespace, pods, sampleLimit, portName, path }: ScrapeJob): Record<string, unknown> {
  return {
    // The scrape job is the service's name, as in our own Prometheus.
    jobLabel: 'app.kubernetes.io/name',
    selector: {
      matchLabels: { 'app.kubernetes.io/instance': namespace },
      matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...pods] }],
    },
    sampleLimit,
    podMetricsEndpoints: [{ port: portName, path }],
  };
}

/** spec of an AlertmanagerConfig: the same routes, receivers and inhibitions as the standalone configuration. */
function alertmanagerConfigSpec(mail: Mail): Record<string, unknown> {
  const { routes, ...fallback } = routeOf(mail);
  return {
    route: {
      ...inCamelCase(fallback),
      routes: routes.map(({ matchers, ...route }) => ({ ...inCamelCase(route), matchers: matchers.map(matcher) })),
    },
    receivers: receiversOf(mail).map(({ name, to }) => ({
      name,
      ...(to.length === 0 ? {} : { emailConfigs: [emailSpec(mail, to)] }),
    })),
    inhibitRules: INHIBITIONS.map(({ source, target, equal }) => ({
      sourceMatch: source.map(matcher),
      targetMatch: target.map(matcher),
      equal: [...equal],
    })),
  };
}

/** `group_wait` is `groupWait` in the operator's kinds. */
function inCamelCase(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named = (key: string) => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [named(key), value]));
}

/** `severity="critical"` as the operator writes it. */
function matcher(text: string): Record<string, string> {
  const [, name = '', matchType = '', value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(text) ?? [];
  if (name === '') throw new Error(`'${text}' is no matcher; write label="value" or label=~"value|value"`);
  return { name, matchType, value };
}

/** Templates stand in the object: a file beside the cluster's Alertmanager is not ours to bring. */
function emailSpec(mail: Mail, to: readonly string[]): Record<string, unknown> {
  return {
    to: to.join(', '),
    from: mail.sender,
    smarthost: `${mail.host}:${mail.port}`,
    authUsername: mail.user,
    authPassword: { name: smtpSecret(mail).name, key: SMTP_PASSWORD },
    requireTLS: true,
    sendResolved: true,
    headers: [{ key: 'Subject', value: SUBJECT }],
    text: TEXT,
    html: HTML,
  };
}
