import type { Demand } from '../demand.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { componentsOf, stackOf } from './standalone/stack.ts';

/** What the monitoring asks of the cluster: one pod of each program, never two. */
export function monitoringDemands(environment: Environment, catalog: readonly ServiceSpec[]): Demand[] {
  const stack = stackOf(environment, catalog);
  if (stack === null) return [];
  return componentsOf(stack).map(({ name, requests, limits, volume }) => ({
    name,
    namespace: stack.namespace,
    floorPods: 1,
    ceilingPods: 1,
    peakPods: 1,
    requests,
    limits,
    hosts: 'any',
    claimsGi: volume === null ? [] : [volume.sizeGi],
  }));
}
