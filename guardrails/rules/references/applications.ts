import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { matchesGlob } from '../../selector.ts';

const applicationsAreWhole: Rule = {
  id: 'applications-are-whole',
  title: 'Every Argo CD Application has one kind of source and one destination, and its project lets it have them',
  rationale:
    'Argo CD accepts the object and never synchronizes it: the status says InvalidSpecError, and nobody is told.',
  docs: 'https://argo-cd.readthedocs.io/en/stable/user-guide/projects/',
  *check(platform) {
    for (const application of platform.ofKind('Application')) {
      if (application.group !== 'argoproj.io') continue;
      const sources = sourcesOf(application);
      if (sources.length === 0 && !application.at('spec', 'sourceHydrator').exists)
        yield { at: application.at('spec'), message: 'has no source', fix: 'Set source, or list sources.' };
      for (const source of sources) yield* problemsOf(source);
      const destination = application.at('spec', 'destination');
      yield* one(destination, ['server', 'name'], 'a cluster');
      yield* forbidden(platform, application, sources);
    }
  },
};

function sourcesOf(application: Resource): readonly Field[] {
  const several = application.at('spec', 'sources').items;
  return several.length > 0 ? several : [application.at('spec', 'source')].filter(({ exists }) => exists);
}

/** A source is a folder of git, a chart, or one that others only refer to. */
function* problemsOf(source: Field): Iterable<Problem> {
  if (!isGiven(source.at('ref'))) yield* one(source, ['path', 'chart'], 'a place');
  if (isGiven(source.at('chart')) && !isGiven(source.at('targetRevision')))
    yield {
      at: source.at('targetRevision'),
      message: `names chart ${source.at('chart').scalar} and no version of it`,
      fix: 'Set targetRevision to the version of the chart.',
    };
}

/** Exactly one of the fields must be there. */
function* one(at: Field, keys: readonly [string, string], what: string): Iterable<Problem> {
  const given = keys.filter((key) => isGiven(at.at(key)));
  if (given.length === 1) return;
  yield given.length === 0
    ? { at, message: `names ${what} by neither ${keys.join(' nor ')}`, fix: `Set ${keys.join(' or ')}.` }
    : { at: at.at(keys[1]), message: `names ${what} by both ${keys.join(' and ')}`, fix: 'Remove one of them.' };
}

function isGiven(at: Field): boolean {
  return at.exists && at.value !== '';
}

/** What the project does not let the application have; projects of other namespances may hold it too, but only one of this name can be meant. */
function* forbidden(platform: Platform, application: Resource, sources: readonly Field[]): Iterable<Problem> {
  const name = application.at('spec', 'project').text ?? 'default';
  const project = platform.ofKind('AppProject').find((other) => other.name === name);
  if (!project) return;
  const repositories = project.at('spec', 'sourceRepos').items.flatMap(({ text }) => text ?? []);
  for (const at of sources.map((source) => source.at('repoURL'))) {
    if (at.text !== undefined && !isAmong(repositories, plainUrl(at.text)))
      yield { at, message: `${project} has no source ${at.text}`, fix: 'Add it to sourceRepos of the project.' };
  }
  const destination = application.at('spec', 'destination');
  const isAllowed = project.at('spec', 'destinations').items.some((allowed) =>
    (['server', 'name', 'namespace'] as const).every((key) => {
      const [asked, pattern] = [destination.at(key).text, allowed.at(key).text];
      // A cluster that one of them names by its address and the other by its name may be the same.
      return asked === undefined || (pattern === undefined ? key !== 'namespace' : isAmong([pattern], asked));
    }),
  );
  if (isAllowed) return;
  const place = ['server', 'name', 'namespace'].flatMap((key) => destination.at(key).text ?? []).join(', ');
  yield { at: destination, message: `${project} has no destination ${place}`, fix: 'Add it to its destinations.' };
}

/** Globs as the project has them; one that begins with `!` takes away. */
function isAmong(patterns: readonly string[], text: string): boolean {
  const matching = patterns.filter((pattern) => matchesGlob(plainUrl(pattern.replace(/^!/, '')), text));
  return matching.length > 0 && matching.every((pattern) => !pattern.startsWith('!'));
}

function plainUrl(url: string): string {
  return url.replace(/(\.git)?\/?$/, '');
}

export const applicationsRules: readonly Rule[] = [applicationsAreWhole];
