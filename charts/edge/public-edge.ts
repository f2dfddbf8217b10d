import { Construct } from 'constructs';
import { recommendedLabels } from '../constructs/labels.ts';
import { PublicRoute, type Route } from '../constructs/public-route.ts';
import { TrafficPolicy } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import { ACME_SOLVER_PODS, ACME_SOLVER_PORT } from './acme-solver.ts';
import { middlewaresOf } from './middlewares.ts';
import { EDGE } from './names.ts';

export interface PublicEdgeProps {
  readonly environment: Environment;
  readonly routes: readonly Route[];
}

/** How requests come in: the Ingress of the host, its redirect to HTTPS, and the way for the certificate authority's questions. */
export class PublicEdge extends Construct {
  constructor(scope: Construct, id: string, { environment, routes }: PublicEdgeProps) {
    super(scope, id);
    const { edge, namespace } = environment;
    const encrypted = edge.tls.kind !== 'none';
    const labels = recommendedLabels({ name: EDGE.route, instance: namespace, component: 'edge' });
    const shared = { labels, className: edge.className, host: edge.host, routes };
    if (edge.exposure === 'ingress') {
      new PublicRoute(this, 'route', {
        ...shared,
        name: EDGE.route,
        annotations: routerAnnotations(environment, encrypted ? 'websecure' : 'web', middlewaresOf(environment)),
        tlsSecret: encrypted ? EDGE.certificate : null,
      });
    }
    if (edge.exposure === 'ingress' && encrypted && edge.middlewares) {
      new PublicRoute(this, 'redirect', {
        ...shared,
        name: EDGE.redirect,
        annotations: routerAnnotations(environment, 'web', [EDGE.redirectToHttps]),
        tlsSecret: null,
      });
    }
    if (encrypted) {
      new TrafficPolicy(this, 'acme-solver', {
        name: 'acme-solver-traffic',
        labels,
        pods: ACME_SOLVER_PODS,
        ingress: [{ peers: [{ kind: 'peer', ...edge.controller }], ports: [ACME_SOLVER_PORT] }],
        egress: [],
      });
    }
  }
}

/** Traefik names a Middleware of another provider `<namespace>-<name>@kubernetescrd`, and answers 404 when it is missing. */
function routerAnnotations({ edge, namespace }: Environment, entryPoint: string, middlewares: readonly string[]) {
  if (edge.className !== 'traefik') return {};
  return {
    'traefik.ingress.kubernetes.io/router.entrypoints': entryPoint,
    ...(middlewares.length === 0
      ? {}
      : {
          'traefik.ingress.kubernetes.io/router.middlewares': middlewares
            .map((name) => `${namespace}-${name}@kubernetescrd`)
            .join(','),
        }),
  };
}
