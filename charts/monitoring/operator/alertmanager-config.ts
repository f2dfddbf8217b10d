import type { Mail } from '../../plan/environment.ts';
import { INHIBITIONS } from '../alertmanager/inhibitions.ts';
import { HTML, SUBJECT, TEXT } from '../alertmanager/mail-template.ts';
import { GROUP_BY, type Route, receiversOf, routesOf } from '../alertmanager/routes.ts';
import { MONITORING_SECRETS } from '../standalone/names.ts';

/** spec of an AlertmanagerConfig: the same routes, receivers and inhibitions as the standalone configuration. */
export function alertmanagerConfigSpec(mail: Mail): Record<string, unknown> {
  const routes = routesOf(mail);
  const [fallback] = routes.slice(-1);
  if (fallback === undefined) throw new Error('no route is left for alerts that no other one takes');
  return {
    route: {
      ...routeSpec(fallback),
      groupBy: [...GROUP_BY],
      routes: routes.slice(0, -1).map((route) => ({ ...routeSpec(route), matchers: route.matchers.map(matcher) })),
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

function routeSpec(route: Route): Record<string, unknown> {
  return {
    receiver: route.receiver,
    groupWait: route.groupWait,
    groupInterval: route.groupInterval,
    repeatInterval: route.repeatInterval,
  };
}

/** `severity="critical"` as the operator writes it. */
function matcher(text: string): Record<string, string> {
  const [, name = '', matchType = '', value = ''] = /^(\w+)(=~|=)"(.*)"$/.exec(text) ?? [];
  if (name === '') throw new Error(`'${text}' is no matcher; write label="value" or label=~"value|value"`);
  return { name, matchType, value };
}

/** Templates stand in the object: a file beside the cluster's Alertmanager is not ours to bring. */
function emailSpec(mail: Mail, to: readonly string[]): Record<string, unknown> {
  const { name, key } = MONITORING_SECRETS.alertmanager;
  return {
    to: to.join(', '),
    from: mail.sender,
    smarthost: `${mail.host}:${mail.port}`,
    authUsername: mail.user,
    authPassword: { name, key },
    requireTLS: true,
    sendResolved: true,
    headers: [{ key: 'Subject', value: SUBJECT }],
    text: TEXT,
    html: HTML,
  };
}
