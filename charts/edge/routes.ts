import type { Route } from '../constructs/public-route.ts';
import type { Environment } from '../plan/environment.ts';
import type { Project } from '../plan/part.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';

/** Names that the edge's objects in dist/ and in the addons share. */
export function edgeNames({ name }: Pick<Project, 'name'>) {
  return { route: name, redirect: `${name}-redirect`, ...MIDDLEWARES };
}

const MIDDLEWARES = {
  rateLimit: 'rate-limit',
  securityHeaders: 'security-headers',
  redirectToHttps: 'redirect-to-https',
} as const;

/** Every public path and the Service that answers below it, by path. */
export function routesOf(catalog: readonly ServiceSpec[]): Route[] {
  const routes = catalog.flatMap((service) => {
    const port = mainPortOf(service);
    return port === null
      ? []
      : (service.routes ?? []).map((path) => ({ path, service: service.name, port: port.service }));
  });
  return routes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Traefik Middlewares of the addons that requests to the services pass through, by name. */
export function middlewaresOf({ edge }: Environment): string[] {
  if (!edge.middlewares) return [];
  return [...(edge.rateLimit === null ? [] : [MIDDLEWARES.rateLimit]), MIDDLEWARES.securityHeaders];
}
