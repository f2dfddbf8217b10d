import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const noDuplicates: Rule = {
  id: 'no-duplicates',
  title: 'Nothing that the API server lets pass is defined twice: objects, variables, ports of a pod',
  rationale: 'The last one wins, silently: which one that is depends on the order of files and lines.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  *check(platform) {
    yield* duplicatedObjects(platform.resources);
    for (const workload of platform.workloads) yield* duplicatedParts(workload);
  },
};

/** The same cluster-scoped object in several files, word for word, is one that each file needs: applying it twice changes nothing. */
function* duplicatedObjects(resources: readonly Resource[]): Iterable<Problem> {
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    if (resource.name === '') continue;
    const key = `${resource.group}/${resource}`;
    const first = seen.get(key);
    if (!first) seen.set(key, resource);
    else if (first.origin.file === resource.origin.file || resource.namespace !== '' || !isSame(first, resource)) {
      yield {
        at: resource.at('metadata', 'name'),
        message: `is defined in ${first.origin.file} already`,
        fix: 'Remove one of them, or rename it.',
      };
    }
  }
}

function isSame(one: Resource, other: Resource): boolean {
  return JSON.stringify(one.root.value) === JSON.stringify(other.root.value);
}

function* duplicatedParts({ containers }: Workload): Iterable<Problem> {
  for (const { env } of containers) yield* twice(env, (variable) => variable.at('name').text, 'variable');
  const ports = containers.filter(({ role }) => role !== 'init').flatMap((container) => container.ports);
  yield* twice(
    ports.map((port) => port.field),
    (port) => `${port.at('containerPort').scalar}/${port.at('protocol').text ?? 'TCP'}`,
    'port',
  );
}

function* twice(
  fields: readonly Field[],
  keyOf: (field: Field) => string | undefined,
  what: string,
): Iterable<Problem> {
  const seen = new Set<string>();
  for (const field of fields) {
    const key = keyOf(field);
    if (key === undefined) continue;
    if (seen.has(key))
      yield { at: field, message: `${what} ${key} is defined twice`, fix: 'Remove one of them, or rename it.' };
    seen.add(key);
  }
}
