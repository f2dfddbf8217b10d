import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

/** What a container may ask for by a plain name; anything else has a domain, as nvidia.com/gpu has. */
const OF_CONTAINERS = ['cpu', 'memory', 'ephemeral-storage'];
/** What a quota may bound by a plain name. */
const OF_QUOTAS = [
  ...OF_CONTAINERS.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
  ...['requests.storage', 'persistentvolumeclaims', 'pods', 'services', 'services.nodeports', 'services.loadbalancers'],
  ...['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'],
];

export const resourceNames: Rule = {
  id: 'resource-names',
  title: 'Resources are called what Kubernetes calls them: cpu, memory, ephemeral-storage, or a name with its domain',
  rationale: 'The API server refuses the object; a typed client cannot see it, for these maps take any key.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-types',
  *check(platform) {
    for (const { at, name, known } of named(platform)) {
      if (known.includes(name) || name.includes('/') || /^(requests\.)?hugepages-/.test(name)) continue;
      const meant = suggest(name, known) ?? known.find((word) => word.startsWith(name) || name.startsWith(word));
      yield {
        at,
        message: `there is no resource ${name}`,
        fix: meant === undefined ? `Name one of ${known.join(', ')}.` : `Did you mean ${meant}?`,
      };
    }
  },
};

interface Named {
  readonly at: Field;
  readonly name: string;
  readonly known: readonly string[];
}

function* named(platform: Platform): Iterable<Named> {
  for (const { containers } of platform.workloads) {
    for (const { field } of containers) {
      for (const part of ['requests', 'limits']) yield* keys(field.at('resources', part), OF_CONTAINERS);
    }
  }
  for (const quota of platform.ofKind('ResourceQuota')) yield* keys(quota.at('spec', 'hard'), OF_QUOTAS);
  for (const range of platform.ofKind('LimitRange')) {
    for (const limit of range.at('spec', 'limits').items) {
      for (const part of ['default', 'defaultRequest', 'min', 'max', 'maxLimitRequestRatio'])
        yield* keys(limit.at(part), [...OF_CONTAINERS, 'storage']);
    }
  }
}

function* keys(map: Field, known: readonly string[]): Iterable<Named> {
  for (const [name, at] of map.entries) yield { at, name, known };
}
