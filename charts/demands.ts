import type { Demand } from './demand.ts';
import { ACME_SOLVER } from './edge/acme-solver.ts';
import type { Environment } from './environments/environment.ts';
import { monitoringDemands } from './monitoring/demands.ts';
import { redisDemands } from './redis/demands.ts';
import type { ServiceSpec } from './services/service.ts';
import { serviceDemand } from './sizing.ts';

/** Everything that an environment may ask of the cluster, in all of its namespaces. */
export function demandsOf(environment: Environment, catalog: readonly ServiceSpec[]): Demand[] {
  return [
    ...catalog.map((service) => serviceDemand(service, environment)),
    ...redisDemands(environment),
    ...monitoringDemands(environment, catalog),
    ...(environment.edge.tls.kind === 'none' ? [] : [{ ...ACME_SOLVER, namespace: environment.namespace }]),
  ];
}
