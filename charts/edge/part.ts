import { TrafficPolicy } from '../constructs/traffic-policy.ts';
import { ANYWHERE, type Connection } from '../plan/connection.ts';
import type { Environment } from '../plan/environment.ts';
import { EMPTY_PART, type Joined, type Part, type PartContext } from '../plan/part.ts';
import type { ResourceDemand } from '../plan/resource-demand.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';
import { EdgeAddons } from './edge-addons.ts';
import { edgeProblems } from './edge-checks.ts';
import { PublicEdge } from './public-edge.ts';
import { routesOf } from './routes.ts';

/** The pod by which cert-manager proves to the certificate authority that the host is ours, and the port it answers on. */
const ACME_SOLVER_PODS = { 'acme.cert-manager.io/http01-solver': 'true' };
const ACME_SOLVER_PORT = 8089;

/** cert-manager's own defaults for the solver (`--acme-http01-solver-resource-*`), disk from the namespace's container defaults. */
const ACME_SOLVER: Omit<ResourceDemand, 'namespace'> = {
  name: 'acme-solver',
  minPods: 0,
  maxPods: 1,
  peakPods: 1,
  requests: { cpuMillis: 10, memoryMiB: 64, ephemeralMiB: 64 },
  limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 128 },
  hosts: 'any',
  claimsGi: [],
};

/** How requests come in: the route of the host, its certificate, and the way for the certificate authority's questions. */
export function edgePart({ environment, catalog }: PartContext): Part[] {
  const { edge, namespace } = environment;
  const encrypted = edge.tls.kind !== 'none';
  return [
    {
      ...EMPTY_PART,
      name: 'edge',
      problems: edgeProblems(edge, catalog),
      demands: encrypted ? [{ ...ACME_SOLVER, namespace }] : [],
      connections: (joined) => incoming(environment, joined),
      render: (scope, plan) => {
        // A platform without a route has nothing to open.
        if (routesOf(catalog).length === 0) return;
        const labels = plan.labels({ name: plan.project.name, component: 'edge' });
        const part = new PublicEdge(scope, 'edge', { plan, labels });
        if (!encrypted) return;
        new TrafficPolicy(part, 'acme-solver', {
          name: 'acme-solver-traffic',
          labels,
          pods: ACME_SOLVER_PODS,
          ingress: [{ peers: [{ kind: 'peer', ...edge.controller }], ports: [ACME_SOLVER_PORT] }],
          egress: [],
        });
      },
      renderAddons: (scope, plan) => {
        if (routesOf(catalog).length > 0) new EdgeAddons(scope, 'edge', plan);
      },
    },
  ];
}

/** From the controller to every service with a route; from anywhere to the one with the node port. */
function incoming({ edge, namespace }: Environment, { services }: Joined): Connection[] {
  return [...services.values()].flatMap((service): Connection[] => {
    const port = mainPortOf(service);
    if (port === null || (service.routes ?? []).length === 0) return [];
    const to = { kind: 'workload', name: service.name, namespace } as const;
    const controller = { from: { kind: 'peer', ...edge.controller }, to, ports: [port.number] } as const;
    // Traffic to a node port comes from the node or, with externalTrafficPolicy Local, from anywhere.
    return hasNodePort(service, edge) ? [controller, { ...controller, from: ANYWHERE }] : [controller];
  });
}

/** The service that answers on `/` is the only one that a node port leads to. */
function hasNodePort({ routes = [] }: ServiceSpec, { nodePort }: Environment['edge']): boolean {
  return nodePort !== null && routes.includes('/');
}
