import { series } from '../monitoring/promql.ts';
import { constant } from '../monitoring/rules/proof.ts';
import { type Alert, type ProofSeries, warning } from '../plan/alert.ts';
import type { RedisBackup } from '../plan/environment.ts';
import type { MonitoringContext } from '../plan/part.ts';
import { longestGapSeconds } from '../plan/schedules.ts';
import { ABOUT_REDIS, ofServer, REDIS } from './alerts.ts';
import { BACKUP_KEYS, REDIS_NAMES } from './shape.ts';

export function backupAlerts(backup: RedisBackup, context: MonitoringContext): Alert[] {
  return [backupMissing(backup, context), backupUnverified(context), ...recordsDropped(backup, context)];
}

/** A backup is missing once a second one should have followed it, and an hour to run it is over. */
function backupMissing(backup: RedisBackup, context: MonitoringContext): Alert {
  const scope = { namespace: context.namespace, cronjob: REDIS_NAMES.backup };
  const hours = (2 * longestGapSeconds(backup.schedule)) / 3_600 + 1;
  const oldest = hours * 3_600;
  const last = series('kube_cronjob_status_last_successful_time', scope);
  // A job that has never succeeded has no such time: count from when it was made.
  const created = series('kube_cronjob_created', scope);
  // The proof's clock starts at 0: a backup at 0 is too old right after `oldest`, one an hour later is not.
  const saved = (at: number): ProofSeries[] => [
    constant(last, at, (oldest / 300) * 2),
    constant(created, 0, (oldest / 300) * 2),
  ];
  return warning('RedisBackupMissing', {
    ...ABOUT_REDIS,
    symptom: 'redis-backup',
    expr: `time() - (${last} or ${created}) > ${oldest}`,
    for: '10m',
    summary: 'The last good backup of Redis is {{ $value | humanizeDuration }} old',
    description: `One is taken at "${backup.schedule}" (UTC); none has succeeded for more than ${hours} hours.`,
    proof: { fires: saved(0), quiet: saved(3_600), at: `${oldest + 1_800}s`, stepSeconds: 300 },
  });
}

/** A number that a backup left in the store, as the exporter beside each server shows it. */
function recorded(context: MonitoringContext, key: string): string {
  return `redis_key_value{namespace="${context.namespace}",job="${REDIS}",key=~"${key.replace(/[{}]/g, '[$&]')}"}`;
}

function ofKey(context: MonitoringContext, key: string): string {
  return ofServer(context, 'redis_key_value', 0, `,db="db0",key="${key}"`);
}

function backupUnverified(context: MonitoringContext): Alert {
  const verified = (value: number) => [constant(ofKey(context, BACKUP_KEYS.verified), value)];
  return warning('RedisBackupUnverified', {
    ...ABOUT_REDIS,
    symptom: 'redis-backup',
    expr: `min(${recorded(context, BACKUP_KEYS.verified)}) == 0`,
    for: '1m',
    summary: 'The last backup of Redis does not hold what the store held',
    description:
      'A server could not load it, or counted other records in it than its source held. It does not count as a backup.',
    proof: { fires: verified(0), quiet: verified(1), at: '5m' },
  });
}

/** Records of one data set that are fewer than in any backup of the last days. */
function recordsDropped(backup: RedisBackup, context: MonitoringContext): Alert[] {
  const days = Math.max(1, (3 * longestGapSeconds(backup.schedule)) / 86_400);
  const records = recorded(context, `${BACKUP_KEYS.records}.*`);
  const lost = `1 - max by (key) (${records}) / max by (key) (max_over_time(${records}[${days}d]))`;
  const dropTo = (left: number): ProofSeries[] => [
    { series: ofKey(context, `${BACKUP_KEYS.records}quotes`), values: `1000x20 ${left}x40` },
  ];
  const alert = (name: string, percent: number, more: Pick<Alert, 'severity' | 'description'>): Alert => ({
    ...ABOUT_REDIS,
    ...more,
    name,
    symptom: 'redis-records',
    expr: `${lost} >= ${percent / 100}`,
    for: '1m',
    summary: '{{ $value | humanizePercentage }} of the records are gone ({{ $labels.key }})',
    proof: { fires: dropTo(999 - 10 * percent), quiet: dropTo(1_001 - 10 * percent), at: '20m' },
  });
  return [
    alert('RedisRecordsLost', 50, {
      severity: 'critical',
      description:
        'The last backup holds at most half of the records that one before it held: older ones are still kept.',
    }),
    alert('RedisRecordsDropped', 10, {
      severity: 'warning',
      description: 'The last backup holds a tenth less than one before it: older ones are still kept.',
    }),
  ];
}
