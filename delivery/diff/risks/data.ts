import { formatPath, type Resource } from '../../../guardrails/field.ts';
import { parseQuantity } from '../../../guardrails/quantity.ts';
import type { Changed, Removed } from '../compare.ts';
import type { Risk, RiskFinder } from '../risk.ts';
import { showField } from '../show.ts';

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
