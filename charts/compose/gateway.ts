import type { DefinitionsService } from 'compose-spec-ts';
import { dump } from 'js-yaml';
import { PORTS } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import { IMAGES } from '../images.ts';
import type { ServiceSpec } from '../services/service.ts';
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
    depends_on: Object.fromEntries(catalog.map(({ name }) => [name, { condition: 'service_healthy' as const }])),
    networks: ['internal', 'edge'],
    ports: [`127.0.0.1:${GATEWAY_PORT}:${GATEWAY_PORT}`],
  };
}

/** Traefik's dynamic configuration: one router a public path, the longest first as Traefik itself orders them. */
export function gatewayConfig(catalog: readonly ServiceSpec[], rateLimit: Environment['edge']['rateLimit']): string {
  const routed = catalog.filter(({ publicPaths }) => publicPaths.length > 0);
  const routers = routed.map(({ name, publicPaths }) => [
    name,
    {
      rule: publicPaths.map((path) => `PathPrefix(\`${path}\`)`).join(' || '),
      service: name,
      ...(rateLimit === null ? {} : { middlewares: ['rate-limit'] }),
    },
  ]);
  const services = routed.map(({ name }) => [
    name,
    { loadBalancer: { servers: [{ url: `http://${name}:${PORTS.http}` }] } },
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
