import type { RedisBackup } from '../../environments/redis.ts';
import { series } from '../promql.ts';
import type { Watch } from '../watch.ts';
import { constant, type ProofSeries } from './proof.ts';
import type { Alert } from './rule.ts';

/** The CronJob that saves Redis. */
export const BACKUP_CRONJOB = 'redis-backup';

/** A backup is missing once a second one should have followed it, and an hour to run it is over. */
export function backupMissing(backup: RedisBackup, watch: Watch): Alert {
  const scope = { namespace: watch.namespace, cronjob: BACKUP_CRONJOB };
  const hours = (2 * periodSeconds(backup.schedule)) / 3_600 + 1;
  const oldest = hours * 3_600;
  const last = series('kube_cronjob_status_last_successful_time', scope);
  // A job that has never succeeded has no such time: count from when it was made.
  const created = series('kube_cronjob_created', scope);
  // The proof's clock starts at 0: a backup at 0 is too old right after `oldest`, one an hour later is not.
  const saved = (at: number): ProofSeries[] => [
    constant(last, at, (oldest / 300) * 2),
    constant(created, 0, (oldest / 300) * 2),
  ];
  return {
    name: 'RedisBackupMissing',
    severity: 'warning',
    symptom: 'redis-backup',
    service: 'redis',
    expr: `time() - (${last} or ${created}) > ${oldest}`,
    for: '10m',
    summary: 'The last good backup of Redis is {{ $value | humanizeDuration }} old',
    description: `One is taken at "${backup.schedule}" (UTC); none has succeeded for more than ${hours} hours.`,
    dashboard: 'redis',
    proof: { fires: saved(0), quiet: saved(3_600), at: `${oldest + 1_800}s`, stepSeconds: 300 },
  };
}

/** How far apart the runs of a schedule are: every hour, every day or every week, by its first `*`. */
function periodSeconds(schedule: string): number {
  const [, hour, dayOfMonth, , dayOfWeek] = schedule.split(' ');
  if (hour === '*') return 3_600;
  if (dayOfMonth === '*' && dayOfWeek === '*') return 86_400;
  if (dayOfMonth === '*') return 7 * 86_400;
  throw new Error(`backup schedule "${schedule}" is rarer than weekly; choose an hourly, daily or weekly one`);
}
