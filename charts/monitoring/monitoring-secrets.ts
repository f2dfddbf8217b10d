import type { Environment } from '../environments/environment.ts';
import type { SecretSpec } from '../secrets/secret-spec.ts';
import { monitoringNamespaceOf } from './watch.ts';

/** Secrets of the monitoring, by name and keys. */
export const MONITORING_SECRETS = {
  grafana: { name: 'grafana', key: 'admin-password' },
  alertmanager: { name: 'alertmanager', key: 'smtp-password' },
} as const;

/** What must be filled before the monitoring starts; in its own namespace, or beside the services where an operator watches. */
export function monitoringSecrets(environment: Environment): SecretSpec[] {
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return [];
  const { grafana, alertmanager } = MONITORING_SECRETS;
  const smtp = {
    name: alertmanager.name,
    keys: [{ key: alertmanager.key, description: `password of ${monitoring.mail.user} at ${monitoring.mail.host}` }],
  };
  if (monitoring.kind === 'operator') return [smtp];
  const namespace = monitoringNamespaceOf(environment);
  return [
    { ...smtp, namespace },
    ...(monitoring.grafana
      ? [{ name: grafana.name, namespace, keys: [{ key: grafana.key, description: "password of Grafana's admin" }] }]
      : []),
  ];
}
