import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { configFiles } from '../../promql/expressions.ts';
import { type Problem, rules } from '../../rule.ts';
import { didYouMean } from '../../suggest.ts';

const CONFIGURATION = 'https://prometheus.io/docs/alerting/latest/configuration/';

export const alertmanagerRules = rules({
  'receivers-exist': {
    title: 'Every route of Alertmanager ends in a receiver that exists',
    rationale: 'Alertmanager refuses the configuration, or does not start: nobody is told of anything.',
    docs: `${CONFIGURATION}#route`,
    *check(platform) {
      // Files are read by Alertmanager's own code where the judge is there.
      yield* inConfigurations(platform, (config) =>
        platform.judge && !config.isObject ? [] : lostRoutes(config.field),
      );
    },
  },
  'routes-are-reached': {
    title: 'Alerts reach every route of Alertmanager, and an inhibition is about other alerts than its own',
    rationale:
      'Whoever waits behind a route that takes everything is never told; an inhibition of itself does nothing.',
    elsewhere: 'warning',
    docs: `${CONFIGURATION}#route`,
    *check(platform) {
      yield* inConfigurations(platform, ({ field }) => [
        ...hiddenRoutes(field.at('route')),
        ...['inhibit_rules', 'inhibitRules'].flatMap((key) => field.at(key).items.flatMap((rule) => [...idle(rule)])),
      ]);
    },
  },
});

interface Configuration {
  readonly field: Field;
  /** Whether an object of its own holds it, and no text. */
  readonly isObject: boolean;
}

/** What is wrong with each configuration of Alertmanager, in a file or an object. */
function* inConfigurations(platform: Platform, look: (config: Configuration) => Iterable<Problem>): Iterable<Problem> {
  for (const { at, content: field } of configFiles(platform)) {
    if (!field.at('route').exists || !field.at('receivers').exists) continue;
    for (const problem of look({ field, isObject: false })) yield { ...problem, at };
  }
  for (const config of platform.ofKind('AlertmanagerConfig')) yield* look({ field: config.at('spec'), isObject: true });
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

/** Routes behind one that takes every alert and does not go on. */
function* hiddenRoutes(route: Field): Iterable<Problem> {
  const children = route.at('routes').items;
  const first = children.findIndex((child) => takesAll(child) && child.at('continue').flag !== true);
  for (const at of first < 0 ? [] : children.slice(first + 1)) {
    const name = at.at('receiver').text ?? 'the receiver above';
    const message = `no alert reaches the route to ${name}: one before it takes every alert`;
    yield { at, message, fix: 'Put it first, or give the other one matchers or continue: true.' };
  }
  yield* outdone(first < 0 ? children : children.slice(0, first));
  for (const child of children) yield* hiddenRoutes(child);
}

/** Routes that ask for all that one before them asks for, and more. */
function* outdone(routes: readonly Field[]): Iterable<Problem> {
  const asked = routes.map(conditionsOf);
  for (const [index, at] of routes.entries()) {
    const before = routes.findIndex(
      (other, place) =>
        place < index &&
        other.at('continue').flag !== true &&
        asked[place]?.every((condition) => asked[index]?.includes(condition)),
    );
    if (before < 0) continue;
    const [name, taker] = [at, routes[before]].map((route) => route?.at('receiver').text ?? 'the receiver above');
    const message = `no alert reaches the route to ${name}: that to ${taker} before it takes the same alerts and more`;
    yield { at, message, fix: 'Put it first, or give the other one continue: true.' };
  }
}

/** What a route asks of an alert, each condition in one way of writing. */
function conditionsOf(route: Field): readonly string[] {
  const maps = [['match', '='] as const, ['match_re', '=~'] as const].flatMap(([key, operator]) =>
    route.at(key).entries.map(([label, value]) => `${label}${operator}${value.scalar}`),
  );
  const matchers = route.at('matchers').items.map((matcher) => {
    const { name, value = '', matchType = '=' } = matcher.texts;
    return (matcher.text ?? `${name}${matchType}${value}`).replace(/["\s]/g, '');
  });
  return [...maps, ...matchers];
}

function takesAll(route: Field): boolean {
  const maps = ['match', 'match_re'].flatMap((key) => route.at(key).entries);
  return maps.length === 0 && route.at('matchers').items.length === 0;
}

/** An alert that matches both sides is not inhibited by others that do. */
function* idle(rule: Field): Iterable<Problem> {
  const side = (name: string) =>
    JSON.stringify(['_matchers', '_match', '_match_re', 'Match'].map((end) => rule.at(`${name}${end}`).value));
  const [source, target] = [side('source'), side('target')];
  if (source === target) {
    const message = 'an inhibition does nothing: its sources and its targets are the same alerts';
    yield { at: rule, message, fix: 'Let its targets be less grave than its sources.' };
  } else if (!/[a-zA-Z]/.test(target.replaceAll('null', ''))) {
    const message = 'an inhibition has no target, so one alert silences all others that share the equal labels';
    yield { at: rule, message, fix: 'Give it target_matchers.' };
  }
}
