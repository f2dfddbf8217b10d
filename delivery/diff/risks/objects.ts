import { isRecord, type Resource } from '../../../guardrails/field.ts';
import { type Added, type Change, objectOf, type Removed, type Risk, type RiskFinder, same } from '../compare.ts';
import { titleOf } from '../snapshot.ts';

/** Objects that hold data or hold everything else: what is lost when they go. */
const LOSSES: Readonly<Record<string, string>> = {
  Namespace: 'everything in it goes with it, volumes included',
  PersistentVolumeClaim: 'its data goes with it, unless the volume is retained',
  PersistentVolume: 'what it points to is no longer reachable from the cluster',
  CustomResourceDefinition: 'every object of this kind in the whole cluster goes with it',
};

const GUARDS: Readonly<Record<string, string>> = {
  Deployment: 'its pods go',
  StatefulSet: 'its pods go',
  DaemonSet: 'its pods go',
  CronJob: 'what it did on schedule is not done any more',
  Service: 'its name no longer resolves',
  Ingress: 'its hosts and paths answer 404',
  HTTPRoute: 'its hosts and paths answer 404',
  HorizontalPodAutoscaler: 'the number of pods stays as it is',
  PodDisruptionBudget: 'a drain may evict all pods at once',
  ResourceQuota: 'the namespace may take what it wants',
  LimitRange: 'containers without figures get none',
};

const BACKUP =
  'Take a backup and try the restore first. Argo CD does not prune objects that carry Prune=false: remove those by hand.';
const PRUNED = 'Argo CD prunes it; `kubectl apply` leaves it until it is deleted by hand.';

/** Objects that go, and what goes with them: data first. */
export const removals: RiskFinder = (changes) =>
  changes.flatMap((change) => {
    if (change.kind !== 'removed') return [];
    const { kind } = change.before;
    const claims = kind === 'StatefulSet' && change.before.at('spec', 'volumeClaimTemplates').items.length > 0;
    const loss = LOSSES[kind] ?? (claims ? 'its volume claims stay behind, unused' : undefined);
    const told = (level: Risk['level'], what: string | undefined, advice: string): readonly Risk[] =>
      what === undefined ? [] : [{ level, change, message: `is removed: ${what}`, advice }];
    return [...told('danger', loss, BACKUP), ...told('caution', GUARDS[kind], PRUNED)];
  });

/** Ways from outside the cluster that open. */
export const openings: RiskFinder = (changes) =>
  changes.flatMap((change) => {
    if (change.kind === 'removed') return [];
    const before = change.kind === 'changed' ? waysInto(change.before) : [];
    const advice = 'Make sure that this is meant, and that nothing narrower does.';
    return waysInto(objectOf(change))
      .filter((way) => !before.includes(way))
      .map((message) => ({ level: 'caution', change, message, advice }));
  });

function waysInto(resource: Resource): readonly string[] {
  if (resource.kind === 'Service') {
    const type = resource.at('spec', 'type').text ?? 'ClusterIP';
    return type === 'NodePort' || type === 'LoadBalancer'
      ? [`can be reached from outside the cluster: type ${type}`]
      : [];
  }
  if (resource.kind !== 'Ingress') return [];
  return resource.at('spec', 'rules').items.map((rule) => `answers at host ${rule.at('host').text ?? '*'}`);
}

/** Share of equal fields from which one object that goes and one that comes are taken for a rename. */
const ALIKE = 0.6;

/** Objects whose rename is felt: traffic, pods, data, or what others refer to by name. */
const FELT = /^(Deployment|StatefulSet|DaemonSet|Service|PersistentVolumeClaim|Ingress|Namespace|CronJob|Secret)$/;

/** An object that goes while its twin comes under another name or namespace: for the cluster, two unrelated objects. */
export const renames: RiskFinder = (changes) => {
  const added = changes.filter((change): change is Added => change.kind === 'added');
  const isFelt = (change: Change): change is Removed => change.kind === 'removed' && FELT.test(change.before.kind);
  return changes.filter(isFelt).flatMap((change): readonly Risk[] => {
    const { before } = change;
    const twin = added.find(({ after }) => after.kind === before.kind && likeness(before, after) >= ALIKE);
    if (twin === undefined) return [];
    const message = `looks renamed to ${titleOf(twin.after)}`;
    return [{ level: 'danger', change, message, advice: adviceFor(before) }];
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
