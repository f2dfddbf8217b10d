import { Cron } from 'croner';

/** Any moment: synthesis knows no clock, and the distance between runs of a schedule hardly depends on it. */
const SOME_MONDAY = new Date('2024-01-01T00:00:00Z');

/** What is wrong with a schedule as Kubernetes and Argo CD read it: five fields; null where nothing is. */
export function cronProblem(schedule: string): string | null {
  const help = "give five fields, as in '17 2 * * *'";
  if (schedule.trim().split(/\s+/).length !== 5) return `'${schedule}' is not a cron expression; ${help}`;
  try {
    return runsOf(schedule, 1).length === 1 ? null : `'${schedule}' never comes; ${help}`;
  } catch {
    return `'${schedule}' is not a cron expression; ${help}`;
  }
}

/** The longest time in seconds between two of the next runs of a schedule. */
export function longestGapSeconds(schedule: string): number {
  const runs = runsOf(schedule, 50).map((run) => run.getTime() / 1_000);
  return Math.max(...runs.slice(1).map((run, index) => run - (runs[index] ?? run)));
}

function runsOf(schedule: string, count: number): Date[] {
  return new Cron(schedule, { timezone: 'Etc/UTC', paused: true }).nextRuns(count, SOME_MONDAY);
}

/** What is wrong with an IANA name; null where nothing is. */
export function timeZoneProblem(zone: string): string | null {
  const help = 'give a name like Europe/Paris or Etc/UTC';
  if (!zone.includes('/') && zone !== 'UTC') return `'${zone}' is not a time zone; ${help}`;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return null;
  } catch {
    return `'${zone}' is not a time zone; ${help}`;
  }
}
