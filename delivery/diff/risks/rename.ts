import { isRecord, type Resource } from '../../../guardrails/field.ts';
import type { Added, Removed } from '../compare.ts';
import { same } from '../fields.ts';
import type { RiskFinder } from '../risk.ts';
import { titleOf } from '../snapshot.ts';

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
