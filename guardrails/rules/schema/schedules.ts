import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';

const MACRO = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$|^@every \S+$/;
/** The parts of a schedule and the largest number in each. */
const PARTS = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day', 1, 31],
  ['month', 1, 12],
  ['weekday', 0, 7],
] as const;

export const schedules: Rule = {
  id: 'schedules',
  title: "Schedules of CronJobs and of Argo CD's windows are five fields of cron, each in its range, that come round",
  rationale:
    'The API server refuses the CronJob, and a backup that is never scheduled is missed on the day it is needed; a window that Argo CD cannot read stops or lets through every change.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax',
  *check(platform) {
    for (const at of schedulesOf(platform)) {
      const wrong = at.text === undefined ? undefined : whatIsWrong(at.text);
      if (wrong !== undefined)
        yield {
          at,
          message: `"${at.text}" ${wrong}`,
          fix: 'Write minute, hour, day, month and weekday, such as "30 3 * * *".',
        };
    }
  },
};

function* schedulesOf(platform: Platform): Iterable<Field> {
  for (const job of platform.ofKind('CronJob')) yield job.at('spec', 'schedule');
  for (const kind of ['Schedule', 'CronWorkflow', 'ScheduledBackup', 'RecurringJob', 'CronTab']) {
    for (const one of platform.ofKind(kind)) yield one.at('spec', kind === 'RecurringJob' ? 'cron' : 'schedule');
  }
  for (const project of platform.ofKind('AppProject')) {
    for (const window of project.at('spec', 'syncWindows').items) yield window.at('schedule');
  }
}

function whatIsWrong(schedule: string): string | undefined {
  const text = schedule.trim();
  if (MACRO.test(text)) return undefined;
  const fields = text.replace(/^(CRON_TZ|TZ)=\S+\s+/, '').split(/\s+/);
  if (fields.length !== PARTS.length) return `has ${fields.length} fields, not five`;
  for (const [index, [name, least, most]] of PARTS.entries()) {
    const field = fields[index] ?? '';
    const bounds = [...field.matchAll(/(?<!\/)\b\d+/g)].map(([digits]) => Number(digits));
    if (!/^[\d*,/?\-A-Za-z]+$/.test(field)) return `has "${field}" as its ${name}`;
    if (bounds.some((bound) => bound < least || bound > most))
      return `has "${field}" as its ${name}, which goes from ${least} to ${most}`;
  }
  return neverComes(fields) ? 'names a day that none of its months has' : undefined;
}

const DAYS_AT_MOST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `0 0 31 2 *`: cron accepts it and never runs it. Where a weekday is named too, either of the two will do. */
function neverComes([, , day = '', month = '', weekday]: readonly string[]): boolean {
  if (weekday !== '*' || !/^\d+$/.test(day) || !/^\d+(,\d+)*$/.test(month)) return false;
  return month.split(',').every((one) => Number(day) > (DAYS_AT_MOST[Number(one) - 1] ?? 31));
}
