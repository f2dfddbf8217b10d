import { isDeepStrictEqual } from 'node:util';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';

/** What the API server refuses to change, by kind. */
const IMMUTABLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'selector']],
  ReplicaSet: [['spec', 'selector']],
  DaemonSet: [['spec', 'selector']],
  StatefulSet: [
    ['spec', 'selector'],
    ['spec', 'serviceName'],
    ['spec', 'podManagementPolicy'],
    ['spec', 'volumeClaimTemplates'],
  ],
  Job: [
    ['spec', 'selector'],
    ['spec', 'template'],
    ['spec', 'completionMode'],
  ],
  PersistentVolumeClaim: [
    ['spec', 'storageClassName'],
    ['spec', 'accessModes'],
    ['spec', 'volumeName'],
    ['spec', 'volumeMode'],
  ],
  StorageClass: [['provisioner'], ['parameters'], ['reclaimPolicy'], ['volumeBindingMode']],
  RoleBinding: [['roleRef']],
  ClusterRoleBinding: [['roleRef']],
  PriorityClass: [['value'], ['preemptionPolicy']],
  Secret: [['type']],
  IngressClass: [['spec', 'controller']],
};

export const immutableFields: Rule = {
  id: 'immutable-fields',
  title: 'Nothing changes that the API server does not let change',
  rationale:
    'The API server refuses the update of the whole object: the old version keeps running, and a sync of the rest goes on without it.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations',
  *check(platform) {
    if (!platform.previous) return;
    for (const resource of platform.resources) {
      const before = platform.previous.find(resource.kind, resource.namespace, resource.name);
      if (!before || before.group !== resource.group) continue;
      for (const path of IMMUTABLE[resource.kind] ?? []) yield* changed(before.at(...path), resource.at(...path));
      if (resource.kind === 'Service') yield* address(before, resource);
      if (resource.kind === 'ConfigMap' || resource.kind === 'Secret') yield* sealed(before, resource);
    }
  },
};

function* changed(before: Field, now: Field): Iterable<Problem> {
  if (isDeepStrictEqual(comparable(before.value), comparable(now.value))) return;
  yield {
    at: now,
    message: `was ${brief(before.value)} and is ${brief(now.value)} now, but cannot change`,
    fix: `Keep it, or replace the object: kubectl delete ${now.resource.kind.toLowerCase()} ${now.resource.name}${now.resource.kind === 'StatefulSet' ? ' --cascade=orphan' : ''}, then apply.`,
  };
}

/** What is absent and what is null are the same to the API server. */
function comparable(value: unknown): unknown {
  return value ?? null;
}

function* address(before: Resource, now: Resource): Iterable<Problem> {
  const [old, given] = [before.at('spec', 'clusterIP'), now.at('spec', 'clusterIP')];
  const headless = (field: Field): boolean => field.text === 'None';
  const external = (service: Resource): boolean => service.at('spec', 'type').text === 'ExternalName';
  if (external(before) || external(now)) return;
  const moved = old.exists && given.exists && old.value !== given.value;
  if (headless(old) === headless(given) && !moved) return;
  yield {
    at: given.exists ? given : now.at('spec'),
    message: `clusterIP was ${old.text ?? 'assigned'} and is ${given.text ?? 'assigned'} now, but cannot change`,
    fix: `Keep it, give the Service a new name, or replace it: kubectl delete service ${now.name}, then apply.`,
  };
}

function* sealed(before: Resource, now: Resource): Iterable<Problem> {
  if (before.at('immutable').flag !== true) return;
  const keys = ['data', 'binaryData', 'stringData', 'immutable'];
  if (keys.every((key) => isDeepStrictEqual(comparable(before.at(key).value), comparable(now.at(key).value)))) return;
  yield {
    at: now.at('data'),
    message: 'was declared immutable, and changes now',
    fix: `Give the new data a new name, and let the workloads name that.`,
  };
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}
