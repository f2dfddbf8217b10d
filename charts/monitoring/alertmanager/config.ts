import type { Mail } from '../../plan/environment.ts';
import { INHIBITIONS } from './inhibitions.ts';
import { TEMPLATES } from './mail-template.ts';
import { GROUP_BY, type Route, receiversOf, routesOf } from './routes.ts';

/** Where the container finds its files. */
export const ALERTMANAGER_PATHS = {
  config: '/etc/alertmanager',
  templates: '/etc/alertmanager/*.tmpl',
  passwordFile: '/run/secrets/alertmanager/smtp-password',
  data: '/alertmanager',
} as const;

/** alertmanager.yaml: https://prometheus.io/docs/alerting/latest/configuration/ */
export function alertmanagerConfig(mail: Mail): Record<string, unknown> {
  const routes = routesOf(mail);
  const [fallback] = routes.slice(-1);
  if (fallback === undefined) throw new Error('no route is left for alerts that no other one takes');
  return {
    global: {
      smtp_smarthost: `${mail.host}:${mail.port}`,
      smtp_from: mail.sender,
      smtp_auth_username: mail.user,
      smtp_auth_password_file: ALERTMANAGER_PATHS.passwordFile,
      smtp_require_tls: true,
    },
    templates: [ALERTMANAGER_PATHS.templates],
    route: {
      ...routeDocument(fallback),
      group_by: GROUP_BY,
      routes: routes.slice(0, -1).map((route) => ({ ...routeDocument(route), matchers: route.matchers })),
    },
    inhibit_rules: INHIBITIONS.map(({ source, target, equal }) => ({
      source_matchers: source,
      target_matchers: target,
      equal,
    })),
    receivers: receiversOf(mail).map(({ name, to }) => ({
      name,
      ...(to.length === 0 ? {} : { email_configs: [emailConfig(to)] }),
    })),
  };
}

function routeDocument(route: Route): Record<string, unknown> {
  return {
    receiver: route.receiver,
    group_wait: route.groupWait,
    group_interval: route.groupInterval,
    repeat_interval: route.repeatInterval,
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
