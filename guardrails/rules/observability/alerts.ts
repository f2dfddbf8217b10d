import { RUNBOOKS } from '../../annotations.ts';
import type { Field } from '../../field.ts';
import { groupBy, oncePerPlatform, type Platform } from '../../platform.ts';
import { analyse } from '../../promql/analyse.ts';
import { configFiles, type WrittenRule, writtenRules } from '../../promql/expressions.ts';
import { faultsOf } from '../../promql/faults.ts';
import { sourcesFor } from '../../promql/sources.ts';
import { type Problem, rules } from '../../rule.ts';
import { didYouMean } from '../../suggest.ts';

const ALERTING = 'https://prometheus.io/docs/practices/alerting/';

/** What an alert must say for the person who is woken by it. */
const WANTED: readonly (readonly [what: string, path: readonly string[], grammar: RegExp])[] = [
  ['a duration in for', ['for'], /^(\d+(ms|[smhdwy]))+$/],
  ['a severity among its labels', ['labels', 'severity'], /^(critical|error|warning|info|page|ticket|none)$/],
  ['a summary', ['annotations', 'summary'], /\S/],
  ['a description', ['annotations', 'description'], /\S/],
  ['a runbook_url', ['annotations', 'runbook_url'], /^https?:\/\/\S+$/],
];

/** Kinds whose objects series name by a label of the kind in lower case. */
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'];
const KINDS = ['Namespace', 'HorizontalPodAutoscaler', 'PersistentVolumeClaim', ...WORKLOADS];
const OF_THE_CLUSTER = ['kube-system', 'default'];

export const alertsRules = rules({
  'alerts-complete': {
    title: 'Every alert waits, has a severity and says what it is, what it means and what to do',
    rationale: 'Without a severity it goes to nobody, without a duration it fires at every hiccup.',
    docs: ALERTING,
    *check(platform) {
      if (platform.environments.length === 0) return;
      for (const { at, rule, title } of writtenRules(platform)) {
        for (const [what, path, grammar] of rule.at('alert').text === undefined ? [] : WANTED) {
          const { scalar } = rule.at(...path);
          if (scalar !== undefined && grammar.test(scalar)) continue;
          const isMissing = scalar === undefined;
          const wrong = isMissing ? `has no ${what.replace(/^an? /, '')}` : `has "${scalar}" where ${what} is wanted`;
          yield { at, message: `${title} ${wrong}`, fix: `Give it ${what}.` };
        }
      }
    },
  },
  'runbooks-exist': {
    title:
      'Every runbook that an alert names is among those that are written (--runbooks), and stands where those of the other alerts do',
    rationale: 'At three in the morning a link that leads nowhere costs the minutes that it was to save.',
    docs: ALERTING,
    *check(platform) {
      const alerts = writtenRules(platform).filter(
        ({ rule }) => rule.at('annotations', 'runbook_url').text !== undefined,
      );
      const byObject = groupBy(alerts, ({ at }) => `${at.resource} ${at.resource.origin.file}`);
      for (const own of byObject.values()) {
        const folders = own.map((alert) => runbookOf(alert).folder);
        for (const alert of own) yield* missingRunbook(platform, alert, folders);
      }
    },
  },
  'receivers-exist': {
    title: 'Every route of Alertmanager ends in a receiver that exists',
    rationale: 'Alertmanager refuses the configuration, or does not start: nobody is told of anything.',
    docs: 'https://prometheus.io/docs/alerting/latest/configuration/#route',
    *check(platform) {
      for (const { at, content } of platform.judge ? [] : configFiles(platform)) {
        if (content.at('route').exists && content.at('receivers').exists)
          for (const problem of lostRoutes(content)) yield { ...problem, at };
      }
      for (const config of platform.ofKind('AlertmanagerConfig')) yield* lostRoutes(config.at('spec'));
    },
  },
  'alerts-fire-and-resolve': {
    title: 'Every alert can fire, and can end',
    rationale: 'What is out of reach never comes; what always holds is switched off within a day.',
    docs: ALERTING,
    *check(platform) {
      for (const { at, rule, title } of writtenRules(platform)) {
        const { scalar: text = '' } = rule.at('expr');
        for (const { message, fix } of rule.at('alert').exists && text !== '' ? faultsOf(text) : [])
          yield { at, message: `${title}: ${message}`, fix };
      }
    },
  },
  'label-values-exist': {
    title: 'Every object that an alert asks for by its label exists',
    rationale: 'Its series is empty: the alert never fires, and one about its absence never ends.',
    docs: 'https://prometheus.io/docs/concepts/data_model/',
    where: 'declared',
    *check(platform) {
      // Quiet where nothing declares its metrics, and for objects of a kind of which none is given.
      for (const { at, rule, title } of writtenRules(platform)) {
        const text = sourcesFor(platform, at.resource.namespace) ? (rule.at('expr').scalar ?? '') : '';
        const told = new Set<string>(OF_THE_CLUSTER);
        for (const { label, value = '' } of analyse(text).selectors.flatMap(({ matchers }) => matchers)) {
          const known = namesByLabel(platform).get(label);
          if (value === '' || !known || known.has(value) || told.has(value)) continue;
          told.add(value);
          const message = `${title} asks for ${label} ${value}, which does not exist`;
          yield { at, message, fix: didYouMean(value, known, 'Name one that exists.') };
        }
      }
    },
  },
});

/**
 * Synthesis knows the pages that it writes, the command line those of the folder that --runbooks names, and a list of them may stand on the object.
 * Where nobody says what is written, the alerts of an object are held to each other: where all but one have their runbooks in one folder, the
 * one that has not is a slip.
 */
function* missingRunbook(platform: Platform, alert: WrittenRule, folders: readonly string[]): Iterable<Problem> {
  const { at, title } = alert;
  const { folder, name } = runbookOf(alert);
  const written = at.resource.annotations[RUNBOOKS]?.split(/\s+/) ?? platform.runbooks;
  const isAlone = new Set(folders).size === 2 && folders.filter((other) => other === folder).length === 1;
  if (written && !written.includes(name)) {
    const fix = `Write it, or name one of ${written.slice(0, 5).join(', ')}.`;
    yield { at, message: `${title} names the runbook ${name}, which is not written`, fix };
  } else if (folders.length > 3 && isAlone) {
    const shared = folders.find((other) => other !== folder);
    const message = `${title} has its runbook in ${folder}, but all others have theirs in ${shared}`;
    yield { at, message, fix: 'Correct the link.' };
  }
}

function runbookOf({ rule }: WrittenRule): { readonly folder: string; readonly name: string } {
  const path = ((rule.at('annotations', 'runbook_url').text ?? '').split(/[?#]/)[0] ?? '').replace(/(\.md)?\/?$/, '');
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, slash), name: path.slice(slash + 1) };
}

function* lostRoutes(config: Field): Iterable<Problem> {
  const route = config.at('route');
  const known = config.all('receivers', '*', 'name').flatMap(({ text }) => text ?? []);
  if (route.at('receiver').text === undefined)
    yield { at: route, message: 'the root route has no receiver', fix: 'Give it one for what no other route takes.' };
  for (const at of receiversIn(route)) {
    if (at.text === undefined || known.includes(at.text)) continue;
    const message = `a route ends in receiver ${at.text}: there is ${known.join(', ') || 'none'}`;
    yield { at, message, fix: didYouMean(at.text, known, 'Name one that exists.') };
  }
}

function* receiversIn(route: Field): Iterable<Field> {
  yield route.at('receiver');
  for (const child of route.at('routes').items) yield* receiversIn(child);
}

const namesByLabel = oncePerPlatform((platform) => {
  const byLabel = groupBy(platform.ofKind(...KINDS), ({ kind }) => kind.toLowerCase());
  return new Map([...byLabel].map(([label, all]) => [label, new Set(all.map(({ name }) => name))] as const));
});
