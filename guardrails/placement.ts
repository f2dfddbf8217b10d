import type { Field } from './field.ts';
import { matchesSelector } from './selector.ts';
import type { Workload } from './workload.ts';

/** The label that every node carries with its own name. */
export const HOSTNAME = 'kubernetes.io/hostname';

/** Constraints that keep a pod Pending rather than break the spread over hosts. */
export function hardHostSpread(workload: Workload): readonly Field[] {
  return workload.pod
    .at('topologySpreadConstraints')
    .items.filter(
      (constraint) =>
        constraint.at('topologyKey').text === HOSTNAME &&
        constraint.at('whenUnsatisfiable').text === 'DoNotSchedule' &&
        matchesSelector(constraint.at('labelSelector'), workload.labels),
    );
}

/** Required anti-affinity against pods of the same workload: one of them a host at most. */
export function exclusiveHosts(workload: Workload): Field | undefined {
  return antiAffinityTerms(workload, 'required').find(
    (term) =>
      term.at('topologyKey').text === HOSTNAME &&
      !term.at('namespaces').exists &&
      matchesSelector(term.at('labelSelector'), workload.labels),
  );
}

/** The terms of a workload's pod anti-affinity. */
export function antiAffinityTerms(workload: Workload, strength: 'required' | 'preferred'): readonly Field[] {
  const affinity = workload.pod.at('affinity', 'podAntiAffinity');
  if (strength === 'required') return affinity.at('requiredDuringSchedulingIgnoredDuringExecution').items;
  return affinity.at('preferredDuringSchedulingIgnoredDuringExecution').items.map((item) => item.at('podAffinityTerm'));
}
