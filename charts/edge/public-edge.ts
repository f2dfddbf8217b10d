import { Construct } from 'constructs';
import { when } from '../constructs/lists.ts';
import { PublicRoute, type Route } from '../constructs/public-route.ts';
import type { Environment, RateLimit } from '../plan/environment.ts';
import { speaksTls } from '../plan/internal-tls.ts';
import { certificateName } from '../plan/namespace.ts';
import type { Plan, Project } from '../plan/part.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';

/** The Ingress of the host and its redirect to HTTPS; a Gateway's routes are in the addons. */
export class PublicEdge extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { plan, labels }: { readonly plan: Plan; readonly labels: Readonly<Record<string, string>> },
  ) {
    super(scope, id);
    const { environment, project } = plan;
    const { edge } = environment;
    const names = edgeNames(project);
    const encrypted = edge.tls.kind !== 'none';
    const shared = { labels, className: edge.className, host: edge.host, routes: routesOf(plan.catalog) };
    if (edge.exposure !== 'ingress') return;
    new PublicRoute(this, 'route', {
      ...shared,
      name: names.route,
      annotations: routerAnnotations(environment, encrypted ? 'websecure' : 'web', middlewaresOf(environment)),
      tlsSecret: encrypted ? certificateName(project) : null,
    });
    if (!encrypted || !edge.middlewares) return;
    new PublicRoute(this, 'redirect', {
      ...shared,
      name: names.redirect,
      annotations: routerAnnotations(environment, 'web', [names.redirectToHttps]),
      tlsSecret: null,
    });
  }
}

/** Traefik names a Middleware of another provider `<namespace>-<name>@kubernetescrd`, and answers 404 when it is missing. */
function routerAnnotations({ edge, namespace }: Environment, entryPoint: string, middlewares: readonly string[]) {
  if (edge.className !== 'traefik') return {};
  const named = middlewares.map((name) => `${namespace}-${name}@kubernetescrd`).join(',');
  return {
    'traefik.ingress.kubernetes.io/router.entrypoints': entryPoint,
    ...(named === '' ? {} : { 'traefik.ingress.kubernetes.io/router.middlewares': named }),
  };
}

/** How Traefik calls a service with TLS inside: as a client of its own, and only who shows the service's certificate. */
export function backendAnnotations(service: ServiceSpec, environment: Environment): Record<string, string> {
  if (!speaksTls(service, environment) || (service.routes ?? []).length === 0 || environment.edge.exposure === 'none')
    return {};
  return {
    'traefik.ingress.kubernetes.io/service.serversscheme': 'https',
    'traefik.ingress.kubernetes.io/service.serverstransport': `${environment.namespace}-${service.name}@kubernetescrd`,
  };
}

export function edgeNames({ name }: Pick<Project, 'name'>) {
  return { route: name, redirect: `${name}-redirect`, ...MIDDLEWARES };
}

export const EDGE_CLIENT = 'edge';

const MIDDLEWARES = {
  rateLimit: 'rate-limit',
  securityHeaders: 'security-headers',
  redirectToHttps: 'redirect-to-https',
} as const;

/** Every public path and the Service that answers below it, by path. */
export function routesOf(catalog: readonly ServiceSpec[]): Route[] {
  const routes = catalog.flatMap((service) => {
    const port = mainPortOf(service)?.service;
    return port === undefined ? [] : (service.routes ?? []).map((path) => ({ path, service: service.name, port }));
  });
  return routes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** As Traefik's own configuration and its Middleware write it. */
export function traefikRateLimit({ requestsPerMinute, burst }: RateLimit) {
  return { average: requestsPerMinute, period: '1m', burst };
}

/** Traefik Middlewares of the addons that requests to the services pass through, by name. */
export function middlewaresOf({ edge }: Environment): string[] {
  if (!edge.middlewares) return [];
  return [...when(edge.rateLimit !== null, MIDDLEWARES.rateLimit), MIDDLEWARES.securityHeaders];
}
