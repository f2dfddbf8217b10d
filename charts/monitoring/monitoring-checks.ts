import { DURATION_BUCKETS } from '../../app/contract.ts';
import type { Environment } from '../plan/environment.ts';
import { monitoringContextOf } from '../plan/monitoring-context.ts';
import type { PartContext, WatchedService } from '../plan/part.ts';
import { BUDGET_DAYS } from './rules/burn-windows.ts';
import { promises } from './rules/sli.ts';
import { usageProblems } from './rules/usage-thresholds.ts';

/** What of an environment's monitoring does not hold together. */
export function monitoringProblems(context: PartContext): string[] {
  const { monitoring } = context.environment;
  if (monitoring.kind === 'off') return [];
  const watched = monitoringContextOf(context, []);
  return [
    ...(monitoring.kind === 'standalone' ? standaloneProblems(monitoring) : []),
    ...(watched?.services ?? []).flatMap((service) => [...usageProblems(service), ...objectiveProblems(service)]),
  ];
}

/** A promise is counted in the buckets of the histogram: between two of them nothing is known. */
function objectiveProblems(service: WatchedService): string[] {
  if (!promises(service)) return [];
  const { p95Seconds, p99Seconds } = service.objectives;
  return Object.entries({ p95Seconds, p99Seconds })
    .filter(([, seconds]) => !DURATION_BUCKETS.some((bound) => bound === seconds))
    .map(
      ([key, seconds]) =>
        `${service.name}: objectives.${key} ${seconds} is not a bucket of the duration histogram; choose one of ${DURATION_BUCKETS.join(', ')}`,
    );
}

function standaloneProblems({
  retentionDays,
  mail,
}: Extract<Environment['monitoring'], { kind: 'standalone' }>): string[] {
  return [
    ...(retentionDays <= BUDGET_DAYS
      ? [
          `monitoring.retentionDays ${retentionDays} is too short: an error budget counts ${BUDGET_DAYS} days; ` +
            `give at least ${BUDGET_DAYS + 1}`,
        ]
      : []),
    ...(mail.addresses.some(({ ports }) => ports.includes(mail.port))
      ? []
      : [
          `monitoring.mail.port ${mail.port} is in none of monitoring.mail.addresses: no mail would get out; ` +
            'add its CIDR with that port',
        ]),
  ];
}
