import type { Demand } from '../demand.ts';
import type { Environment } from '../environments/environment.ts';
import type { ServiceSpec } from '../services/service.ts';
import { componentsOf, stackOf } from './standalone/stack.ts';

/** What the monitoring asks of the cluster: one working pod of each program. */
export function monitoringDemands(environment: Environment, catalog: readonly ServiceSpec[]): Demand[] {
  const stack = stackOf(environment, catalog);
  if (stack === null) return [];
  return componentsOf(stack).map(({ name, requests, limits, volume }) => ({
    name,
    namespace: stack.namespace,
    floorPods: 1,
    ceilingPods: 1,
    // A Deployment's old pod still stops while the new one starts; a StatefulSet's has gone by then.
    peakPods: volume === null ? 2 : 1,
    requests,
    limits,
    hosts: 'any',
    claimsGi: volume === null ? [] : [volume.sizeGi],
  }));
}
