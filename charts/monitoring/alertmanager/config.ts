import type { Symptom } from '../../plan/alert.ts';
import type { Mail } from '../../plan/environment.ts';

/** Key of the Secret, and name of the file, with the password of the mail server. */
export const SMTP_PASSWORD = 'smtp-password';

export const ALERTMANAGER_PATHS = {
  config: '/etc/alertmanager',
  templates: '/etc/alertmanager/*.tmpl',
  /** Folder of the file with the password. */
  secrets: '/run/secrets/alertmanager',
  data: '/alertmanager',
} as const;

/** alertmanager.yaml: https://prometheus.io/docs/alerting/latest/configuration/ */
export function alertmanagerConfig(mail: Mail): Record<string, unknown> {
  return {
    global: {
      smtp_smarthost: `${mail.host}:${mail.port}`,
      smtp_from: mail.sender,
      smtp_auth_username: mail.user,
      smtp_auth_password_file: `${ALERTMANAGER_PATHS.secrets}/${SMTP_PASSWORD}`,
      smtp_require_tls: true,
    },
    templates: [ALERTMANAGER_PATHS.templates],
    route: routeOf(mail),
    inhibit_rules: INHIBITIONS.map((one) => ({
      source_matchers: one.source,
      target_matchers: one.target,
      equal: one.equal,
    })),
    receivers: receiversOf(mail).map(({ name, to }) => ({
      name,
      ...(to.length === 0 ? {} : { email_configs: [emailConfig(to)] }),
    })),
  };
}

function emailConfig(to: readonly string[]): Record<string, unknown> {
  const template = (name: string) => `{{ template "${name}" . }}`;
  return {
    to: to.join(', '),
    send_resolved: true,
    headers: { Subject: template(TEMPLATES.subject) },
    text: template(TEMPLATES.text),
    html: template(TEMPLATES.html),
  };
}

/** While the source fires, the target is not sent; `equal` labels must agree. */
export interface Inhibition {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal: readonly string[];
}

/** What users notice when a service is gone: its own page says it all. */
const OF_A_DEAD_SERVICE: readonly Symptom[] = [
  'availability',
  'latency',
  'redis-client',
  'search-index',
  'cpu',
  'memory',
  'disk',
  'pods',
  'autoscaler',
  'restarts',
];

/** What every service shows when Redis is gone: one page about the cause, not five about its effects. */
const OF_A_DEAD_REDIS: readonly Symptom[] = [
  'availability',
  'latency',
  'redis-client',
  'redis-replication',
  'search-index',
];

const anyOf = (symptoms: readonly Symptom[]) => `symptom=~"${symptoms.join('|')}"`;

export const INHIBITIONS: readonly Inhibition[] = [
  { source: ['severity="critical"'], target: ['severity="warning"'], equal: ['namespace', 'service', 'symptom'] },
  { source: ['alertname="ServiceDown"'], target: [anyOf(OF_A_DEAD_SERVICE)], equal: ['namespace', 'service'] },
  { source: ['alertname="RedisDown"'], target: [anyOf(OF_A_DEAD_REDIS)], equal: ['namespace'] },
  {
    source: ['alertname=~"ServiceDown|RedisDown"'],
    target: ['alertname="TargetDown"'],
    equal: ['namespace', 'service'],
  },
];

/**
 * The mail, in Alertmanager's template language: what is wrong, since when, what it means, where to read on.
 * Kept short: it is read on a telephone at night.
 */
export const SUBJECT =
  '[{{ if eq .Status "resolved" }}RESOLVED{{ else if eq .CommonLabels.severity "critical" }}PAGE{{ else if eq .CommonLabels.severity "none" }}HEARTBEAT{{ else }}TICKET{{ end }}] ' +
  '{{ .CommonLabels.environment }} {{ .CommonLabels.service }}: ' +
  '{{ if eq (len .Alerts) 1 }}{{ (index .Alerts 0).Labels.alertname }}{{ else }}{{ len .Alerts.Firing }} firing, {{ len .Alerts.Resolved }} resolved{{ end }}';

export const TEXT = `{{ range .Alerts }}{{ .Labels.alertname }} ({{ .Labels.severity }}{{ if eq .Status "resolved" }}, resolved{{ end }})
{{ .Annotations.summary }}

{{ .Annotations.description }}

Since:     {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC
{{ if eq .Status "resolved" }}Until:     {{ .EndsAt.UTC.Format "2006-01-02 15:04:05" }} UTC
{{ end }}Runbook:   {{ .Annotations.runbook_url }}
Dashboard: {{ .Annotations.dashboard_url }}

{{ end }}Silence:   {{ .ExternalURL }}/#/silences
`;

export const HTML = `<!doctype html>
<html lang="en"><body style="font-family:sans-serif;font-size:16px;line-height:1.4;color:#1a1a1a;max-width:40em">
{{ range .Alerts }}
<h2 style="font-size:18px;margin:24px 0 4px;border-left:6px solid {{ if eq .Status "resolved" }}#2e7d32{{ else if eq .Labels.severity "critical" }}#c62828{{ else }}#b26a00{{ end }};padding-left:10px">{{ .Annotations.summary }}</h2>
<p>{{ .Annotations.description }}</p>
<p>{{ .Labels.alertname }} &middot; {{ .Labels.environment }} &middot; {{ .Labels.service }} &middot; {{ .Labels.severity }}{{ if eq .Status "resolved" }} &middot; <b>resolved</b> {{ .EndsAt.UTC.Format "15:04:05" }} UTC{{ end }}<br>
since {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC</p>
<p><a href="{{ .Annotations.runbook_url }}">Runbook</a> &middot; <a href="{{ .Annotations.dashboard_url }}">Dashboard</a></p>
{{ end }}
<p><a href="{{ .ExternalURL }}/#/silences">Silences</a></p>
</body></html>
`;

/** The names under which the configuration finds them in the template file. */
const TEMPLATES = { subject: 'mail.subject', text: 'mail.text', html: 'mail.html' } as const;

export function templateFile(): string {
  const define = (name: string, body: string) => `{{ define "${name}" }}${body}{{ end }}\n`;
  return define(TEMPLATES.subject, SUBJECT) + define(TEMPLATES.text, TEXT) + define(TEMPLATES.html, HTML);
}

/** Receives nothing: an end for alerts that nobody wants. */
const NOBODY = 'nobody';

/** Who hears of an alert: the first whose matchers hold, else people in working hours. One mail holds everything of one service and severity. */
export function routeOf(mail: Mail) {
  return {
    receiver: 'ticket',
    group_wait: '1m',
    group_interval: '10m',
    repeat_interval: '1d',
    group_by: ['environment', 'service', 'severity'],
    routes: [
      {
        receiver: mail.heartbeat === null ? NOBODY : 'heartbeat',
        group_wait: '0s',
        group_interval: '1m',
        repeat_interval: '15m',
        matchers: ['alertname="Watchdog"'],
      },
      {
        receiver: 'page',
        // A cause may be read and judged later than its effect, by an interval each: it comes in time to hide it.
        group_wait: '30s',
        group_interval: '2m',
        repeat_interval: '1h',
        matchers: ['severity="critical"'],
      },
    ],
  };
}

export function receiversOf(mail: Mail): { name: string; to: readonly string[] }[] {
  return [
    { name: 'page', to: mail.page },
    { name: 'ticket', to: mail.ticket },
    mail.heartbeat === null ? { name: NOBODY, to: [] } : { name: 'heartbeat', to: [mail.heartbeat] },
  ];
}
