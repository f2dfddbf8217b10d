import { labelProblems } from '../checks/names.ts';
import type { Edge } from '../environments/edge.ts';

/** What of an environment's edge does not hold together. */
export function edgeProblems(edge: Edge): string[] {
  return [
    ...classProblems(edge),
    ...middlewareProblems(edge),
    ...listenerProblems(edge),
    ...issuerProblems(edge),
    ...peerProblems(edge),
  ];
}

/** Without a class no controller takes the route, and nothing says so. */
function classProblems({ exposure, className }: Edge): string[] {
  const known = ['ingress', 'gateway'];
  return [
    ...(known.includes(exposure) ? [] : [`edge.exposure '${exposure}' is unknown; choose one of ${known.join(', ')}`]),
    ...(className === ''
      ? [
          `edge.className is empty: no controller would take the ${exposure}; name its ${exposure === 'gateway' ? 'GatewayClass' : 'IngressClass'}`,
        ]
      : []),
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

function listenerProblems({ exposure, listeners, tls }: Edge): string[] {
  if (exposure !== 'gateway' || tls.kind === 'none' || listeners.http !== listeners.https) return [];
  return [`edge.listeners.http and .https are both ${listeners.http}; a Gateway listens on one port for one protocol`];
}

function issuerProblems({ tls }: Edge): string[] {
  if (tls.kind === 'none') return [];
  return [
    ...labelProblems('edge.tls.issuer', tls.issuer),
    ...(tls.server.startsWith('https://')
      ? []
      : [`edge.tls.server '${tls.server}' is not an https:// address; give the ACME directory of the issuer`]),
  ];
}

/** An empty selector would let every pod of the namespace in; an empty namespace would let nobody in. */
function peerProblems({ controller }: Edge): string[] {
  return [
    ...labelProblems('edge.controller.namespace', controller.namespace),
    ...(Object.keys(controller.podLabels).length === 0
      ? [
          'edge.controller.podLabels is empty: every pod of its namespace would reach the services; give the labels of the controller',
        ]
      : []),
  ];
}
