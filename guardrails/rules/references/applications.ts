import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { eachObject, type Problem, rules } from '../../rule.ts';
import { matchesGlob } from '../../selector.ts';

export const applicationsRules = rules({
  'applications-are-whole': {
    title: 'Every Argo CD Application has one kind of source and one destination, and its project lets it have them',
    rationale: 'Argo CD accepts the object and never synchronizes it: the status says so, and nobody is told.',
    docs: 'https://argo-cd.readthedocs.io/en/stable/user-guide/projects/',
    check: eachObject('Application', function* (application, platform) {
      if (application.group !== 'argoproj.io') return;
      const several = application.at('spec', 'sources').items;
      const single = [application.at('spec', 'source')].filter(({ exists }) => exists);
      const sources = several.length > 0 ? several : single;
      if (sources.length === 0 && !application.at('spec', 'sourceHydrator').exists)
        yield { at: application.at('spec'), message: 'has no source', fix: 'Set source, or list sources.' };
      for (const source of sources) yield* incomplete(source);
      yield* one(application.at('spec', 'destination'), ['server', 'name'], 'a cluster');
      yield* forbidden(platform, application, sources);
    }),
  },
});

/** A source is a folder of git, a chart, or one that others only refer to. */
function* incomplete(source: Field): Iterable<Problem> {
  if (!isGiven(source.at('ref'))) yield* one(source, ['path', 'chart'], 'a place');
  const [chart, at] = [source.at('chart'), source.at('targetRevision')];
  const message = `names chart ${chart.scalar} and no version of it`;
  if (isGiven(chart) && !isGiven(at)) yield { at, message, fix: 'Set targetRevision to the version of the chart.' };
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

/** What the project does not let the application have; projects of other namespaces may hold it too, but only one of this name can be meant. */
function* forbidden(platform: Platform, application: Resource, sources: readonly Field[]): Iterable<Problem> {
  const name = application.at('spec', 'project').text ?? 'default';
  const project = platform.ofKind('AppProject').find((other) => other.name === name);
  if (!project) return;
  const repositories = project.at('spec', 'sourceRepos').words;
  for (const at of sources.map((source) => source.at('repoURL'))) {
    if (at.text === undefined || isAmong(repositories, plainUrl(at.text))) continue;
    yield { at, message: `${project} has no source ${at.text}`, fix: 'Add it to sourceRepos of the project.' };
  }
  const at = application.at('spec', 'destination');
  const keys = ['server', 'name', 'namespace'] as const;
  const isAllowed = project.at('spec', 'destinations').items.some((allowed) =>
    keys.every((key) => {
      const [asked, pattern] = [at.at(key).text, allowed.at(key).text];
      // A cluster that one of them names by its address and the other by its name may be the same.
      return asked === undefined || (pattern === undefined ? key !== 'namespace' : isAmong([pattern], asked));
    }),
  );
  const place = keys.flatMap((key) => at.at(key).text ?? []).join(', ');
  if (!isAllowed) yield { at, message: `${project} has no destination ${place}`, fix: 'Add it to its destinations.' };
}

/** Globs as the project has them; one that begins with `!` takes away. */
function isAmong(patterns: readonly string[], text: string): boolean {
  const matching = patterns.filter((pattern) => matchesGlob(plainUrl(pattern.replace(/^!/, '')), text));
  return matching.length > 0 && matching.every((pattern) => !pattern.startsWith('!'));
}

function plainUrl(url: string): string {
  return url.replace(/(\.git)?\/?$/, '');
}
