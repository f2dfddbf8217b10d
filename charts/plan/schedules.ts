import { Cron } from 'croner';
import { checked } from './schema.ts';

/** A cron expression that the API and Argo CD take. */
export const cron = checked('cron expression', cronProblem);
export const timeZone = checked('time zone', timeZoneProblem);

/** Any moment: synthesis knows no clock, and the distance between runs of a schedule hardly depends on it. */
const SOME_MONDAY = new Date('2024-01-01T00:00:00Z');

/** What is wrong with a schedule as Kubernetes and Argo CD read it: five fields, Sunday is 0, and `L`, `W` and `#` are for others. */
function cronProblem(schedule: string): string | null {
  const help = "give five fields, as in '17 2 * * *'";
  const wrong = `'${schedule}' is not a cron expression; ${help}`;
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5 || /#|\b\d*(L|W|LW)\b/i.test(schedule) || /(^|[,-])7/.test(fields[4] ?? '')) return wrong;
  try {
    return runsOf(schedule, 1).length === 1 ? null : `'${schedule}' never comes; ${help}`;
  } catch {
    return wrong;
  }
}

/** The longest time in seconds between two of the next runs of a schedule. */
export function longestGapSeconds(schedule: string): number {
  const runs = runsOf(schedule, 50).map((run) => run.getTime() / 1_000);
  return Math.max(...runs.slice(1).map((run, index) => run - (runs[index] ?? run)));
}

function runsOf(schedule: string, count: number): Date[] {
  return new Cron(schedule, { utcOffset: 0, paused: true }).nextRuns(count, SOME_MONDAY);
}

/** What is wrong with an IANA name, which a file is looked up by: letter by letter; null where nothing is. */
function timeZoneProblem(zone: string): string | null {
  const help = `'${zone}' is not a time zone; give a name like Europe/Paris or Etc/UTC`;
  if (!zone.includes('/') && zone !== 'UTC') return help;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    const misspelt = timeZone !== zone && timeZone.toLowerCase() === zone.toLowerCase();
    return misspelt ? `'${zone}' is not a time zone; did you mean '${timeZone}'?` : null;
  } catch {
    return help;
  }
}
