import type { DefinitionsService } from 'compose-spec-ts';
import { dump } from 'js-yaml';
import { IMAGES } from '../images.ts';
import type { RateLimit } from '../plan/environment.ts';
import { mainPortOf, type ServiceSpec } from '../plan/service-spec.ts';
import { HARDENED, HEALTH_PACE } from './hardened.ts';

/** Where a laptop finds the APIs, as the Ingress would route them. */
export const GATEWAY_PORT = 8000;

const CONFIG = '/etc/traefik/dynamic.yaml';

/** Traefik with the Ingress's path rules and rate limit. */
export function gateway(catalog: readonly ServiceSpec[]): DefinitionsService {
  return {
    image: IMAGES.traefik,
    ...HARDENED,
    command: [
      `--entrypoints.web.address=:${GATEWAY_PORT}`,
      `--providers.file.filename=${CONFIG}`,
      '--ping=true',
      '--ping.entrypoint=web',
    ],
    configs: [{ source: 'gateway', target: CONFIG }],
    healthcheck: {
      ...HEALTH_PACE,
      test: ['CMD', 'traefik', 'healthcheck', '--ping', `--entrypoints.web.address=:${GATEWAY_PORT}`],
    },
    depends_on: Object.fromEntries(
      routed(catalog).map(({ name, image }) => [
        name,
        { condition: image === undefined ? ('service_healthy' as const) : ('service_started' as const) },
      ]),
    ),
    networks: ['internal', 'edge'],
    ports: [`127.0.0.1:${GATEWAY_PORT}:${GATEWAY_PORT}`],
  };
}

/** Traefik's dynamic configuration: one router a public path, the longest first as Traefik itself orders them. */
export function gatewayConfig(catalog: readonly ServiceSpec[], rateLimit: RateLimit | null): string {
  const routers = routed(catalog).map(({ name, routes = [] }) => [
    name,
    {
      rule: routes.map((path) => `PathPrefix(\`${path}\`)`).join(' || '),
      service: name,
      ...(rateLimit === null ? {} : { middlewares: ['rate-limit'] }),
    },
  ]);
  const services = routed(catalog).map((service) => [
    service.name,
    { loadBalancer: { servers: [{ url: `http://${service.name}:${mainPortOf(service)?.number}` }] } },
  ]);
  return dump({
    http: {
      routers: Object.fromEntries(routers),
      services: Object.fromEntries(services),
      ...(rateLimit === null
        ? {}
        : {
            middlewares: {
              'rate-limit': {
                rateLimit: { average: rateLimit.requestsPerMinute, period: '1m', burst: rateLimit.burst },
              },
            },
          }),
    },
  });
}

function routed(catalog: readonly ServiceSpec[]): ServiceSpec[] {
  return catalog.filter((service) => (service.routes ?? []).length > 0 && mainPortOf(service) !== null);
}
