import { formatPath, isRecord, type Key, type Resource } from '../../../guardrails/field.ts';
import { parseQuantity } from '../../../guardrails/quantity.ts';
import {
  type Added,
  type Changed,
  type FieldChange,
  type Removed,
  type Risk,
  type RiskFinder,
  same,
  showField,
} from '../compare.ts';
import { titleOf } from '../snapshot.ts';

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

/** Share of equal fields from which one object that goes and one that comes are taken for a rename. */
const ALIKE = 0.6;

/** Objects whose rename is felt: traffic, pods, data, or what others refer to by name. */
const FELT = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'PersistentVolumeClaim',
  'Ingress',
  'Namespace',
  'CronJob',
  'Secret',
]);

/** An object that goes while its twin comes under another name or namespace: for the cluster, two unrelated objects. */
export const renames: RiskFinder = (changes) => {
  const added = changes.filter((change): change is Added => change.kind === 'added');
  const removed = changes.filter((change): change is Removed => change.kind === 'removed');
  return removed
    .filter(({ before }) => FELT.has(before.kind))
    .flatMap((change) => {
      const twin = added.find(
        ({ after }) => after.kind === change.before.kind && likeness(change.before, after) >= ALIKE,
      );
      if (twin === undefined) return [];
      return [
        {
          level: 'danger' as const,
          change,
          message: `looks renamed to ${titleOf(twin.after)}`,
          advice: adviceFor(change.before),
        },
      ];
    });
};

function adviceFor({ kind }: Resource): string {
  if (kind === 'StatefulSet' || kind === 'PersistentVolumeClaim')
    return 'The new one begins with empty volumes: back up, apply the new one, restore, and only then remove the old.';
  if (kind === 'Service' || kind === 'Ingress')
    return 'Callers of the old name fail as soon as it is pruned: keep both until the last one has moved.';
  return 'The cluster starts the new one and prunes the old one: both run for a while, or neither does.';
}

function likeness(left: Resource, right: Resource): number {
  const [one, other] = [leaves(body(left)), leaves(body(right))];
  const equal = [...one].filter(([path, value]) => same(value, other.get(path))).length;
  const all = new Set([...one.keys(), ...other.keys()]).size;
  return all === 0 ? 1 : equal / all;
}

/** The object without its metadata, which a rename changes anyway. */
function body(resource: Resource): unknown {
  const { value } = resource.root;
  return isRecord(value) ? { ...value, metadata: undefined } : value;
}

function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (Array.isArray(value)) return new Map(value.flatMap((item, index) => [...leaves(item, `${path}/${index}`)]));
  if (isRecord(value))
    return new Map(Object.entries(value).flatMap(([key, item]) => [...leaves(item, `${path}/${key}`)]));
  return value === undefined ? new Map() : new Map([[path, value]]);
}

/** Objects that hold data or hold everything else: what is lost when they go. */
const LOSSES: Readonly<Record<string, string>> = {
  Namespace: 'everything in it goes with it, volumes included',
  PersistentVolumeClaim: 'its data goes with it, unless the volume is retained',
  PersistentVolume: 'what it points to is no longer reachable from the cluster',
  CustomResourceDefinition: 'every object of this kind in the whole cluster goes with it',
};

/** Data that a change can lose: claims and namespaces that go, volumes that shrink or become temporary. */
export const dataLoss: RiskFinder = (changes) =>
  changes.flatMap((change) => {
    if (change.kind === 'removed') return removedData(change);
    return change.kind === 'changed' ? [...smallerVolumes(change), ...temporaryVolumes(change)] : [];
  });

function removedData(change: Removed): readonly Risk[] {
  const loss =
    LOSSES[change.before.kind] ?? (holdsClaims(change.before) ? 'its volume claims stay behind, unused' : undefined);
  if (loss === undefined) return [];
  const advice =
    'Take a backup and try the restore first. Argo CD does not prune objects that carry Prune=false: remove those by hand.';
  return [{ level: 'danger', change, message: `is removed: ${loss}`, advice }];
}

function holdsClaims(resource: Resource): boolean {
  return resource.kind === 'StatefulSet' && resource.at('spec', 'volumeClaimTemplates').items.length > 0;
}

function smallerVolumes(change: Changed): readonly Risk[] {
  return change.fields
    .filter(({ path }) => /requests\.storage$/.test(formatPath(path)))
    .filter(({ before, after }) => (parseQuantity(after) ?? 0) < (parseQuantity(before) ?? 0))
    .map((field) => ({
      level: 'danger',
      change,
      message: `the volume shrinks: ${showField(change.after, field)}`,
      advice: 'No storage class shrinks a volume: make a new claim of the smaller size and copy the data.',
    }));
}

function temporaryVolumes(change: Changed): readonly Risk[] {
  return change.fields
    .filter(
      ({ path, after }) => path.includes('volumes') && path.at(-1) === 'persistentVolumeClaim' && after === undefined,
    )
    .map((field) => ({
      level: 'danger',
      change,
      message: `the pods lose a persistent volume: ${showField(change.after, field)}`,
      advice: 'What the pods write from now on is gone with the pod. Copy the data out first.',
    }));
}
