import type { k8s } from 'cdk8s-plus-28';
import type { Placement } from './pod.ts';

/** The nodes that an environment's pods may run on; no field where it does not choose. */
export function nodeChoice({
  nodeSelector,
  tolerations,
}: Placement): Pick<k8s.PodSpec, 'nodeSelector' | 'tolerations'> {
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations.length === 0
      ? {}
      : { tolerations: tolerations.map((toleration) => ({ ...toleration, operator: 'Equal' })) }),
  };
}
