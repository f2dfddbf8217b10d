import type { Environment } from '../environments/environment.ts';
import { BUDGET_DAYS } from './rules/burn-windows.ts';

/** What of an environment's monitoring does not hold together. */
export function monitoringProblems({ monitoring }: Environment): string[] {
  if (monitoring.kind === 'off') return [];
  const { page, ticket } = monitoring.mail;
  return [
    ...(monitoring.kind === 'standalone' && monitoring.retentionDays <= BUDGET_DAYS
      ? [
          `monitoring.retentionDays ${monitoring.retentionDays} is too short: an error budget counts ${BUDGET_DAYS} days; ` +
            `give at least ${BUDGET_DAYS + 1}`,
        ]
      : []),
    ...(monitoring.kind === 'standalone' && monitoring.apiServer.length === 0
      ? ['monitoring.apiServer is empty: Prometheus would find no pod; give the addresses of the API server']
      : []),
    ...(monitoring.kind === 'operator' ||
    monitoring.mail.addresses.some(({ ports }) => ports.includes(monitoring.mail.port))
      ? []
      : [
          `monitoring.mail.port ${monitoring.mail.port} is in none of monitoring.mail.addresses: no mail would get out; ` +
            'add its CIDR with that port',
        ]),
    ...(URL.canParse(monitoring.grafanaUrl)
      ? []
      : [`monitoring.grafanaUrl '${monitoring.grafanaUrl}' is no address; give one like https://grafana.example.com`]),
    ...(page.length === 0 ? ['monitoring.mail.page is empty: nobody would be woken up; give an address'] : []),
    ...(ticket.length === 0 ? ['monitoring.mail.ticket is empty: warnings would go nowhere; give an address'] : []),
  ];
}
