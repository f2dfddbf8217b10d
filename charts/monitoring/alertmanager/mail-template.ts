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
export const TEMPLATES = { subject: 'mail.subject', text: 'mail.text', html: 'mail.html' } as const;

/** The file that Alertmanager loads. */
export function templateFile(): string {
  const define = (name: string, body: string) => `{{ define "${name}" }}${body}{{ end }}\n`;
  return define(TEMPLATES.subject, SUBJECT) + define(TEMPLATES.text, TEXT) + define(TEMPLATES.html, HTML);
}
