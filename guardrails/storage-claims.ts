import { podCount } from './demand.ts';
import type { Field, Resource } from './field.ts';
import type { Platform } from './platform.ts';
import { parseQuantity } from './quantity.ts';
import type { Workload } from './workload.ts';

/** Persistent storage that is asked for: a claim, or a template that makes one for each pod. */
export interface StorageClaim {
  /** The claim's `spec`. */
  readonly spec: Field;
  readonly name: string;
  readonly owner: Resource;
  readonly bytes: number;
  /** How many claims of it there are at the peak. */
  readonly count: number;
}

/** Every claim of a namespace: PersistentVolumeClaims and the templates of StatefulSets. */
export function storageClaims(platform: Platform, namespace: string): readonly StorageClaim[] {
  const templates = platform.workloadsIn(namespace).flatMap((workload) => claimTemplates(platform, workload));
  return [
    ...platform
      .inNamespace('PersistentVolumeClaim', namespace)
      .map((claim) => toClaim(claim, claim.at('spec'), claim.name, 1)),
    ...templates,
  ];
}

/** The claim templates of a StatefulSet. */
function claimTemplates(platform: Platform, workload: Workload): readonly StorageClaim[] {
  if (workload.kind !== 'StatefulSet') return [];
  const { ceiling } = podCount(platform, workload);
  return workload.resource.all('spec', 'volumeClaimTemplates', '*').map((template) => {
    const name = template.at('metadata', 'name').text ?? '';
    return toClaim(workload.resource, template.at('spec'), name, ceiling);
  });
}

/** The claim behind a volume of a workload: a claim of that name, or the template that makes one; undefined for any other volume. */
export function claimOfVolume(platform: Platform, workload: Workload, volume = ''): StorageClaim | undefined {
  const template = claimTemplates(platform, workload).find(({ name }) => name === volume);
  if (template) return template;
  const name = workload.volume(volume)?.at('persistentVolumeClaim', 'claimName').text;
  const claim = name === undefined ? undefined : platform.find('PersistentVolumeClaim', workload.namespace, name);
  return claim && toClaim(claim, claim.at('spec'), claim.name, 1);
}

function toClaim(owner: Resource, spec: Field, name: string, count: number): StorageClaim {
  return { spec, name, owner, bytes: parseQuantity(spec.at('resources', 'requests', 'storage').value) ?? 0, count };
}
