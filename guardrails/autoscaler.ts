import type { Field } from './field.ts';
import { oncePerPlatform } from './memo.ts';
import type { Platform } from './platform.ts';
import type { Resource } from './resource.ts';
import type { Workload } from './workload.ts';

/** What changes the number of pods of a workload: a HorizontalPodAutoscaler, or KEDA's ScaledObject. */
export interface Autoscaler {
  readonly resource: Resource;
  readonly floor: number;
  readonly ceiling: number;
  /** The field that holds the ceiling: what to lower. */
  readonly ceilingAt: Field;
}

/** The autoscalers of a workload; more than one is a fault of its own. */
export function autoscalersOf(platform: Platform, workload: Workload): readonly Autoscaler[] {
  return byTarget(platform).get(key(workload.kind, workload.namespace, workload.name)) ?? [];
}

/** The workload that an autoscaler scales, if it is among those given. */
export function scaledBy(platform: Platform, autoscaler: Resource): Workload | undefined {
  const target = autoscaler.at('spec', 'scaleTargetRef');
  return platform.workload(kindOf(target), autoscaler.namespace, target.at('name').text ?? '');
}

const byTarget = oncePerPlatform((platform) => {
  const index = new Map<string, Autoscaler[]>();
  for (const resource of platform.ofKind('HorizontalPodAutoscaler', 'ScaledObject')) {
    const target = resource.at('spec', 'scaleTargetRef');
    const at = key(kindOf(target), resource.namespace, target.at('name').text ?? '');
    index.set(at, [...(index.get(at) ?? []), read(resource)]);
  }
  return index;
});

function read(resource: Resource): Autoscaler {
  const keda = resource.kind === 'ScaledObject';
  const ceilingAt = resource.at('spec', keda ? 'maxReplicaCount' : 'maxReplicas');
  const floor = resource.at('spec', keda ? 'minReplicaCount' : 'minReplicas').number ?? (keda ? 0 : 1);
  return { resource, floor, ceiling: ceilingAt.number ?? (keda ? 100 : floor), ceilingAt };
}

function kindOf(target: Field): string {
  return target.at('kind').text ?? 'Deployment';
}

function key(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
