import { RUNBOOKS } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import { configFiles, type WrittenRule, writtenRules } from '../../promql/expressions.ts';
import type { Problem, Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

/** What an alert must say for the person who is woken by it. */
const WANTED: readonly (readonly [string, (rule: Field) => Field, RegExp])[] = [
  ['a duration in for', (rule) => rule.at('for'), /^(\d+(ms|[smhdwy]))+$/],
  [
    'a severity among its labels',
    (rule) => rule.at('labels', 'severity'),
    /^(critical|error|warning|info|page|ticket|none)$/,
  ],
  ['a summary', (rule) => rule.at('annotations', 'summary'), /\S/],
  ['a description', (rule) => rule.at('annotations', 'description'), /\S/],
  ['a runbook_url', (rule) => rule.at('annotations', 'runbook_url'), /^https?:\/\/\S+$/],
];

const alertsComplete: Rule = {
  id: 'alerts-complete',
  title: 'Every alert waits, has a severity and says what it is, what it means and what to do',
  rationale:
    'Without a severity it is routed to nobody, without a duration it fires at every hiccup, without a runbook the person on call guesses.',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    if (platform.environments.length === 0) return;
    for (const { at, rule, title } of writtenRules(platform)) {
      if (rule.at('alert').text === undefined) continue;
      for (const [what, field, grammar] of WANTED) {
        const { scalar } = field(rule);
        if (scalar !== undefined && grammar.test(scalar)) continue;
        yield {
          at,
          message:
            scalar === undefined
              ? `${title} has no ${what.replace(/^an? /, '')}`
              : `${title} has "${scalar}" where ${what} is wanted`,
          fix: `Give it ${what}.`,
        };
      }
    }
  },
};

/**
 * Synthesis knows the pages that it writes, the command line those of the folder that --runbooks names, and a list of them may stand on the object:
 * each that an alert names must be among them. Where nobody says what is written, the alerts of an object are held to each other: where all but
 * one have their runbooks in one folder, the one that has not is a slip.
 */
const runbooksExist: Rule = {
  id: 'runbooks-exist',
  title:
    'Every runbook that an alert names is among those that are written (--runbooks), and stands where those of the other alerts do',
  rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    const alerts = writtenRules(platform).filter(
      ({ rule }) => rule.at('annotations', 'runbook_url').text !== undefined,
    );
    const folders = foldersByObject(alerts);
    for (const alert of alerts) {
      const { at, title } = alert;
      const { folder, name } = runbookOf(alert);
      const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/) ?? platform.runbooks;
      const used = folders.get(at.resource) ?? [];
      const [shared] = used.filter((other) => other !== folder);
      const isAlone = new Set(used).size === 2 && used.filter((other) => other === folder).length === 1;
      if (written && !written.includes(name)) {
        yield {
          at,
          message: `${title} names the runbook ${name}, which is not written`,
          fix: `Write it, or name one of ${written.slice(0, 5).join(', ')}.`,
        };
      } else if (used.length > 3 && isAlone) {
        yield {
          at,
          message: `${title} has its runbook in ${folder}, but all others have theirs in ${shared}`,
          fix: 'Correct the link.',
        };
      }
    }
  },
};

/** The folders of the runbooks that each object's alerts name, one entry an alert. */
function foldersByObject(alerts: readonly WrittenRule[]): ReadonlyMap<Resource, readonly string[]> {
  const folders = new Map<Resource, string[]>();
  for (const alert of alerts) {
    const list = folders.get(alert.at.resource) ?? [];
    list.push(runbookOf(alert).folder);
    folders.set(alert.at.resource, list);
  }
  return folders;
}

function runbookOf({ rule }: WrittenRule): { readonly folder: string; readonly name: string } {
  const path = ((rule.at('annotations', 'runbook_url').text ?? '').split(/[?#]/)[0] ?? '').replace(/(\.md)?\/?$/, '');
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}

const receiversExist: Rule = {
  id: 'receivers-exist',
  title: 'Every route of Alertmanager ends in a receiver that exists',
  rationale:
    'Alertmanager refuses the configuration and goes on with the old one, or does not start: nobody is told of anything.',
  docs: 'https://prometheus.io/docs/alerting/latest/configuration/#route',
  *check(platform) {
    for (const { at, content } of platform.judge ? [] : configFiles(platform)) {
      const route = content.at('route');
      if (route.exists && content.at('receivers').exists) yield* judge(route, content.at('receivers'), () => at);
    }
    for (const config of platform.ofKind('AlertmanagerConfig')) {
      yield* judge(config.at('spec', 'route'), config.at('spec', 'receivers'), (field) => field);
    }
  },
};

function* judge(route: Field, receivers: Field, place: (field: Field) => Field): Iterable<Problem> {
  const known = receivers.items.flatMap((receiver) => receiver.at('name').text ?? []);
  const root = route.at('receiver');
  if (root.text === undefined)
    yield {
      at: place(route),
      message: 'the root route has no receiver',
      fix: 'Give it one for what no other route takes.',
    };
  for (const at of receiversIn(route)) {
    if (at.text === undefined || known.includes(at.text)) continue;
    const meant = suggest(at.text, known);
    yield {
      at: place(at),
      message: `a route ends in receiver ${at.text}: there is ${known.join(', ') || 'none'}`,
      fix: meant === undefined ? 'Name one that exists.' : `Did you mean ${meant}?`,
    };
  }
}

function* receiversIn(route: Field): Iterable<Field> {
  yield route.at('receiver');
  for (const child of route.at('routes').items) yield* receiversIn(child);
}

export const alertsRules: readonly Rule[] = [alertsComplete, runbooksExist, receiversExist];
