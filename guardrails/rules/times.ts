import { Cron } from 'croner';
import type { Field } from '../field.ts';
import type { Platform } from '../platform.ts';
import { each, eachResource, rules } from '../rule.ts';

const UNITS = '(ns|us|µs|ms|s|m|h)';
const GO = new RegExp(`^[-+]?(0|((\\d+(\\.\\d*)?|\\.\\d+)${UNITS})+)$`);
const TRAEFIK = new RegExp(`^(\\d+|(\\d+(\\.\\d*)?${UNITS})+)$`);

/** By API group: the fields that hold a duration, and the grammar of their owner. Other definitions carry a pattern for theirs. */
const DURATIONS: Readonly<Record<string, readonly [fields: readonly string[], grammar: RegExp, example: string]>> = {
  'cert-manager.io': [['duration', 'renewBefore'], GO, '2160h or 720h30m'],
  'external-secrets.io': [['refreshInterval'], GO, '1h or 15m'],
  'argoproj.io': [['duration', 'maxDuration'], GO, '5s or 3m'],
  'traefik.io': [
    ['period', 'checkPeriod', 'fallbackDuration', 'recoveryDuration', 'initialInterval', 'interval', 'timeout'],
    TRAEFIK,
    '1s or 1m',
  ],
};

const NEVER = 'names a day that none of its months has';

export const times = rules({
  durations: {
    title: 'Durations of custom resources are spelt as their controller reads them',
    rationale: 'Their definitions take any text; the controller refuses the object and goes on with the old one.',
    docs: 'https://cert-manager.io/docs/reference/api-docs/',
    check: eachResource(function* (resource) {
      const [fields = [], grammar = GO, example] = DURATIONS[resource.group] ?? [];
      for (const at of textsNamed(resource.at('spec'), fields)) {
        if (at.text === '' || grammar.test(at.text ?? '')) continue;
        const fix = `Write a number with its unit, such as ${example}.`;
        yield { at, message: `"${at.text}" is no duration`, fix };
      }
    }),
  },
  schedules: {
    title: 'Schedules are fields of cron that come round: five, or six with seconds where the controller reads them',
    rationale: 'A backup that is never scheduled is missed when it is needed; an unreadable window stops every change.',
    docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax',
    check: each(schedulesOf, function* (at, platform) {
      const hasSeconds = at.resource.group === 'postgresql.cnpg.io';
      const text = at.text ?? '@daily';
      const isShort = hasSeconds && text.trim().split(/\s+/).length === 5;
      const wrong = whatIsWrong(isShort ? `${text} *` : text, hasSeconds, at.resource.kind);
      if (isShort && wrong === undefined) {
        const message = `"${text}" has five fields, of which the operator reads the first as seconds`;
        yield { at, severity: 'warning', message, fix: `Write the second before the minute: "0 ${text.trim()}".` };
      }
      if (wrong === undefined || (wrong !== NEVER && at.resource.kind === 'CronJob' && platform.judge)) return;
      const [first, example] = hasSeconds ? ['second, minute', '0 30 4 * * *'] : ['minute', '30 4 * * *'];
      const fix = `Write ${first}, hour, day, month and weekday, such as "${example}".`;
      yield { at, message: `"${at.text}" ${wrong}`, fix };
    }),
  },
});

/** The texts below a field that stand under one of these names. */
function* textsNamed(field: Field, names: readonly string[]): Iterable<Field> {
  for (const item of field.items) yield* textsNamed(item, names);
  for (const [name, value] of field.entries) {
    if (names.includes(name) && value.text !== undefined) yield value;
    else yield* textsNamed(value, names);
  }
}

/** A leap year's day is found from here; no clock decides. */
const FROM = '2024-01-01T00:00:00';

function whatIsWrong(schedule: string, hasSeconds: boolean, kind: string): string | undefined {
  const pattern = schedule.trim().replace(/^(CRON_TZ|TZ)=\S+\s+/, '');
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(pattern)) return undefined;
  if (/^@every \S+$/.test(pattern)) return kind === 'PingSource' ? 'is no schedule of a PingSource' : undefined;
  try {
    return new Cron(pattern, { paused: true, mode: hasSeconds ? '6-part' : '5-part' }).nextRun(FROM) === null
      ? NEVER
      : undefined;
  } catch (error) {
    return `is no schedule: ${error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)}`;
  }
}

const SCHEDULED = ['CronJob', 'Schedule', 'CronWorkflow', 'ScheduledBackup', 'RecurringJob', 'CronTab', 'PingSource'];

function* schedulesOf(platform: Platform): Iterable<Field> {
  for (const one of platform.ofKind(...SCHEDULED)) {
    yield one.at('spec', one.kind === 'RecurringJob' ? 'cron' : 'schedule');
    yield* one.at('spec', 'schedules').items;
  }
  const triggers = platform.ofKind('ScaledObject', 'ScaledJob').flatMap((one) => one.at('spec', 'triggers').items);
  for (const trigger of triggers.filter((one) => one.at('type').text === 'cron'))
    yield* ['start', 'end'].map((key) => trigger.at('metadata', key));
  for (const project of platform.ofKind('AppProject')) yield* project.all('spec', 'syncWindows', '*', 'schedule');
}
