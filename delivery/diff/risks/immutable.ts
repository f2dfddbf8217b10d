import { formatPath, type Key, type Resource } from '../../../guardrails/field.ts';
import type { FieldChange } from '../fields.ts';
import type { RiskFinder } from '../risk.ts';
import { showField } from '../show.ts';

/** Fields that the API server refuses to change, by kind: Kubernetes API reference, "immutable" and "cannot be updated". */
const IMMUTABLE: Readonly<Record<string, RegExp>> = {
  Deployment: /^spec\.selector/,
  DaemonSet: /^spec\.selector/,
  ReplicaSet: /^spec\.selector/,
  StatefulSet:
    /^spec\.(?!replicas|ordinals|template|updateStrategy|persistentVolumeClaimRetentionPolicy|minReadySeconds|revisionHistoryLimit)/,
  Job: /^spec\.(selector|template|completionMode|completions)/,
  PersistentVolumeClaim: /^spec\.(?!resources|volumeAttributesClassName)/,
  Service: /^spec\.clusterIPs?/,
  Secret: /^type/,
  PriorityClass: /^(value|preemptionPolicy)/,
  RoleBinding: /^roleRef/,
  ClusterRoleBinding: /^roleRef/,
  StorageClass: /^(provisioner|parameters|reclaimPolicy|volumeBindingMode)/,
  IngressClass: /^spec\.controller/,
};

/** What to do instead of changing one of these in place. */
const ADVICE: Readonly<Record<string, string>> = {
  StatefulSet:
    'Delete the StatefulSet with --cascade=orphan and apply again: its pods and volumes stay. Volume templates do not resize existing claims.',
  PersistentVolumeClaim:
    'A claim keeps its class and mode for life: make a new claim, copy the data, then switch over.',
  Job: 'Give the Job another name, or delete the old one first.',
};

/** Changes that `kubectl apply` and Argo CD cannot make: the API server refuses them. */
export const immutableFields: RiskFinder = (changes) =>
  changes.flatMap((change) =>
    change.kind === 'changed'
      ? change.fields
          .filter((field) => isImmutable(change.before, field))
          .map((field) => ({
            level: 'danger' as const,
            change,
            message: `the API server refuses to change ${showField(change.after, field)}`,
            advice:
              ADVICE[change.after.kind] ??
              'Delete the object and apply it again (an outage), or give the new one another name and move over.',
          }))
      : [],
  );

function isImmutable(before: Resource, { path }: FieldChange): boolean {
  if (before.at('immutable').flag === true && isContent(path)) return true;
  const pattern = IMMUTABLE[before.kind];
  if (pattern === undefined || !pattern.test(formatPath(path))) return false;
  return before.kind !== 'Service' || before.at('spec', 'clusterIP').exists;
}

function isContent([first]: readonly Key[]): boolean {
  return first === 'data' || first === 'binaryData' || first === 'stringData';
}
