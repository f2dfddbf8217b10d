import type { Field } from '../../field.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

/** What a variable may take from its pod; a volume may take maps whole, and nothing that is known only once the pod runs. */
const FIELDS = [
  ...['metadata.name', 'metadata.namespace', 'metadata.uid', 'spec.nodeName', 'spec.serviceAccountName'],
  ...['status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
];
const VOLUME_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels',
  'metadata.annotations',
];
const ONE_KEY = /^metadata\.(labels|annotations)\['[^']+'\]$/;
const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [`limits.${name}`, `requests.${name}`]);

export const podFieldsExist: Rule = {
  id: 'pod-fields-exist',
  title: 'What a variable or a file takes from its own pod is a field that the pod offers',
  rationale: 'The API server refuses the pod.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields',
  *check(platform) {
    for (const { at, known } of platform.workloads.flatMap((workload) => [...references(workload)])) {
      if (at.text === undefined || known.includes(at.text) || ONE_KEY.test(at.text)) continue;
      if (known === RESOURCES && /^(limits|requests)\.hugepages-/.test(at.text)) continue;
      const meant = suggest(at.text, known);
      yield {
        at,
        message: `${at.text} is nothing that can be taken from the pod here`,
        fix: meant === undefined ? `Name one of ${known.join(', ')}.` : `Did you mean ${meant}?`,
      };
    }
  },
};

function* references({
  containers,
  pod,
}: Workload): Iterable<{ readonly at: Field; readonly known: readonly string[] }> {
  for (const variable of containers.flatMap(({ env }) => env)) {
    yield { at: variable.at('valueFrom', 'fieldRef', 'fieldPath'), known: FIELDS };
    yield { at: variable.at('valueFrom', 'resourceFieldRef', 'resource'), known: RESOURCES };
  }
  for (const volume of pod.at('volumes').items) {
    for (const source of [volume, ...volume.at('projected', 'sources').items]) {
      for (const item of source.at('downwardAPI', 'items').items) {
        yield { at: item.at('fieldRef', 'fieldPath'), known: VOLUME_FIELDS };
        yield { at: item.at('resourceFieldRef', 'resource'), known: RESOURCES };
      }
    }
  }
}
