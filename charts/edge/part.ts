import { problemsWhere, when } from '../constructs/lists.ts';
import { TrafficPolicy } from '../constructs/traffic-policy.ts';
import { ANYWHERE, type Connection } from '../plan/connection.ts';
import type { Edge, Environment } from '../plan/environment.ts';
import { EMPTY_PART, type Joined, type Part, type PartContext } from '../plan/part.ts';
import type { ResourceDemand } from '../plan/resource-demand.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';
import { EdgeAddons } from './edge-addons.ts';
import { EDGE_CLIENT, PublicEdge, routesOf } from './public-edge.ts';

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
      problems: [...edgeProblems(edge, catalog), ...internalTlsProblems(environment)],
      certificates:
        environment.internalTls === undefined || edge.exposure === 'none'
          ? []
          : [{ name: EDGE_CLIENT, dnsNames: [EDGE_CLIENT] }],
      demands: encrypted ? [{ ...ACME_SOLVER, namespace }] : [],
      connections: (joined) => incoming(environment, joined),
      render: (scope, plan) => {
        // A platform without a route has nothing to open.
        if (edge.exposure === 'none' || routesOf(catalog).length === 0) return;
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
        if (edge.exposure !== 'none' && routesOf(catalog).length > 0) new EdgeAddons(scope, 'edge', plan);
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
    return [
      ...when(edge.exposure !== 'none', controller),
      ...when<Connection>(hasNodePort(service, edge), { ...controller, from: ANYWHERE }),
    ];
  });
}

/** The service that answers on `/` is the only one that a node port leads to. */
function hasNodePort({ routes = [] }: ServiceSpec, { nodePort }: Environment['edge']): boolean {
  return nodePort !== null && routes.includes('/');
}

export function edgeProblems(edge: Edge, catalog: readonly ServiceSpec[]): string[] {
  return [
    ...(edge.exposure === 'none' ? unexposedProblems(edge) : exposedProblems(edge)),
    ...problemsWhere({
      [`edge.nodePort ${edge.nodePort} would lead nowhere: no service has the route '/'; use null`]:
        edge.nodePort !== null && !catalog.some(({ routes = [] }) => routes.includes('/')),
    }),
  ];
}

/** Who comes in must show a certificate of the environment's authority: of the edges here, Traefik behind an Ingress can. */
function internalTlsProblems({ edge, internalTls }: Environment): string[] {
  if (internalTls === undefined) return [];
  return problemsWhere({
    [`internalTls is given, but the ${edge.exposure} of class '${edge.className}' would show the services no certificate; use an 'ingress' of class 'traefik', or leave it out`]:
      edge.exposure !== 'none' && (edge.exposure !== 'ingress' || edge.className !== 'traefik'),
    [`internalTls is given, but nobody who comes by edge.nodePort ${edge.nodePort} has a certificate; use null`]:
      edge.nodePort !== null,
  });
}

/** The controllers that are known by name carry it in their labels: another one's pods would not be let in. */
const KNOWN_CONTROLLERS = ['traefik', 'nginx', 'haproxy', 'contour', 'kong'];

function exposedProblems(edge: Edge): string[] {
  const { exposure, className, controller, listeners, middlewares, tls, trustedProxies, rateLimit } = edge;
  const admitted = JSON.stringify(controller);
  const other = KNOWN_CONTROLLERS.find((name) => admitted.includes(name));
  return problemsWhere({
    // Without a class no controller takes the route, and nothing says so.
    [`edge.className is empty: no controller would take the ${exposure}; name its ${exposure === 'gateway' ? 'GatewayClass' : 'IngressClass'}`]:
      className === '',
    [`edge.className is '${className}', but edge.controller admits the pods of ${other}: no request would get through; give the namespace and labels of ${className}`]:
      KNOWN_CONTROLLERS.includes(className) && other !== undefined && !admitted.includes(className),
    // Rate limit, redirect and headers are Traefik's: another controller would pass over them in silence, and without them Traefik answers
    // http:// with 404. Other controllers redirect by themselves, a Gateway by a route of its own.
    "edge.tls has an issuer, but edge.middlewares is false and Traefik would answer http:// with 404 instead of a redirect; set middlewares to true or expose a 'gateway'":
      !middlewares && className === 'traefik' && tls.kind !== 'none' && exposure === 'ingress',
    [`edge.middlewares are Traefik's, but edge.className is '${className}'; set middlewares to false or use traefik`]:
      middlewares && className !== 'traefik' && className !== '',
    'edge.rateLimit is given, but edge.middlewares is false and nothing would apply it; use null or true':
      rateLimit !== null && !middlewares,
    [`edge.listeners.http and .https are both ${listeners.http}; a Gateway listens on one port for one protocol`]:
      exposure === 'gateway' && tls.kind !== 'none' && listeners.http === listeners.https,
    'edge.trustedProxies are given, but edge.rateLimit is null and nothing would read them; use []':
      trustedProxies.length > 0 && rateLimit === null,
  });
}

/** A certificate that nobody is shown, a limit that nobody meets: whoever set them expects people to come in. */
function unexposedProblems({ tls, middlewares, rateLimit }: Edge): string[] {
  return problemsWhere({
    "edge.exposure is 'none', but edge.tls, edge.middlewares or edge.rateLimit is given, which nobody would meet; use { kind: 'none' }, false and null":
      tls.kind !== 'none' || middlewares || rateLimit !== null,
  });
}
