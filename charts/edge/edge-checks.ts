import type { Edge } from '../plan/environment.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';

/** What of an environment's edge does not hold together. */
export function edgeProblems(edge: Edge, catalog: readonly ServiceSpec[]): string[] {
  return [
    ...classProblems(edge),
    ...controllerProblems(edge),
    ...middlewareProblems(edge),
    ...listenerProblems(edge),
    ...proxyProblems(edge),
    ...(edge.nodePort !== null && !catalog.some(({ routes = [] }) => routes.includes('/'))
      ? [`edge.nodePort ${edge.nodePort} would lead nowhere: no service has the route '/'; use null`]
      : []),
  ];
}

/** Without a class no controller takes the route, and nothing says so. */
function classProblems({ exposure, className }: Edge): string[] {
  const kind = exposure === 'gateway' ? 'GatewayClass' : 'IngressClass';
  return className === ''
    ? [`edge.className is empty: no controller would take the ${exposure}; name its ${kind}`]
    : [];
}

/** The controllers that are known by name carry it in their labels: another one's pods would not be let in. */
const KNOWN_CONTROLLERS = ['traefik', 'nginx', 'haproxy', 'contour', 'kong'];

function controllerProblems({ className, controller }: Edge): string[] {
  const words = JSON.stringify(controller);
  const other = KNOWN_CONTROLLERS.find((name) => name !== className && words.includes(name));
  if (!KNOWN_CONTROLLERS.includes(className) || other === undefined || words.includes(className)) return [];
  return [
    `edge.className is '${className}', but edge.controller admits the pods of ${other}: no request would get through; give the namespace and labels of ${className}`,
  ];
}

/**
 * Rate limit, redirect and headers are Traefik's: another controller would pass over them in silence, and without them Traefik answers
 * http:// with 404. Other controllers redirect by themselves, a Gateway by a route of its own.
 */
function middlewareProblems({ className, middlewares, rateLimit, tls, exposure }: Edge): string[] {
  return [
    ...(!middlewares && className === 'traefik' && tls.kind !== 'none' && exposure === 'ingress'
      ? [
          "edge.tls has an issuer, but edge.middlewares is false and Traefik would answer http:// with 404 instead of a redirect; set middlewares to true or expose a 'gateway'",
        ]
      : []),
    ...(middlewares && className !== 'traefik' && className !== ''
      ? [
          `edge.middlewares are Traefik's, but edge.className is '${className}'; set middlewares to false or use traefik`,
        ]
      : []),
    ...(rateLimit !== null && !middlewares
      ? ['edge.rateLimit is given, but edge.middlewares is false and nothing would apply it; use null or true']
      : []),
  ];
}

/** A rate limit is all that the networks are for. */
function proxyProblems({ trustedProxies, rateLimit }: Edge): string[] {
  if (trustedProxies.length === 0 || rateLimit !== null) return [];
  return ['edge.trustedProxies are given, but edge.rateLimit is null and nothing would read them; use []'];
}

function listenerProblems({ exposure, listeners, tls }: Edge): string[] {
  if (exposure !== 'gateway' || tls.kind === 'none' || listeners.http !== listeners.https) return [];
  return [`edge.listeners.http and .https are both ${listeners.http}; a Gateway listens on one port for one protocol`];
}
