import type { ComposeSpecification, DefinitionsService } from 'compose-spec-ts';
import { ENV, PORTS, type ServiceName, URL_ENV } from '../../app/contract.ts';
import type { Environment, Release } from '../environments/environment.ts';
import { imageOf } from '../image.ts';
import { IMAGES } from '../images.ts';
import type { ServiceSpec } from '../services/service.ts';
import { gateway, gatewayConfig } from './gateway.ts';
import { HARDENED, HEALTH_PACE } from './hardened.ts';

export interface ComposeOptions {
  readonly catalog: readonly ServiceSpec[];
  /** The environment whose secrets, seed and log level a laptop takes. */
  readonly environment: Environment;
  /** Of the environment that limits its clients: a laptop should meet the limit before production does. */
  readonly rateLimit: Environment['edge']['rateLimit'];
}

/** Where a laptop finds the front. */
const FRONT_PORT = 8080;

/** The same catalog as a Compose file: every service, Redis with a volume, and the Ingress's routes behind Traefik. */
export function composeFile(options: ComposeOptions): ComposeSpecification {
  const { catalog } = options;
  return {
    name: 'quotes',
    services: {
      ...Object.fromEntries(catalog.map((service) => [service.name, application(service, options)])),
      redis: redis(options.environment),
      'redis-functions': functions(options.environment),
      gateway: gateway(catalog),
    },
    configs: { gateway: { content: gatewayConfig(catalog, options.rateLimit) } },
    // `internal` has no way out; `edge` is where a port can be published.
    networks: { internal: { internal: true }, edge: {} },
    volumes: { redis: {} },
  };
}

function application(service: ServiceSpec, { environment }: ComposeOptions): DefinitionsService {
  const published = service.publicPaths.includes('/');
  const stores = service.calls.includes('redis');
  return {
    image: localImage(environment.release),
    build: { context: '.', dockerfile: 'app/Dockerfile' },
    ...HARDENED,
    environment: applicationEnv(service, environment),
    healthcheck: HEALTH_PACE,
    depends_on: { ...started(service.calls), ...(stores ? LOADED : {}) },
    networks: published ? ['internal', 'edge'] : ['internal'],
    ...(published ? { ports: [`127.0.0.1:${FRONT_PORT}:${PORTS.http}`] } : {}),
    stop_grace_period: `${environment.stopping.graceSeconds}s`,
    mem_limit: `${environment.resources.limits.memoryMiB}m`,
  };
}

/** Built here, never pulled: the tag of the release, without the digest of somebody else's push. */
function localImage({ tag }: Release): string {
  return imageOf({ tag, digest: null });
}

function applicationEnv(service: ServiceSpec, environment: Environment): Record<string, string> {
  const called = service.calls.filter((name): name is keyof typeof URL_ENV & ServiceName => name in URL_ENV);
  const stores = service.calls.includes('redis');
  return {
    [ENV.service]: service.name,
    [ENV.environment]: environment.name,
    [ENV.version]: environment.release.tag,
    [ENV.logLevel]: environment.logLevel,
    [ENV.defaultSecrets]: 'true',
    [ENV.plainHttp]: 'true',
    ...Object.fromEntries(called.map((name) => [URL_ENV[name], `http://${name}:${PORTS.http}`])),
    ...(stores
      ? { [ENV.redisUrl]: `redis://redis:${PORTS.redis}/0`, [ENV.redisPassword]: secret(environment, STORE_PASSWORD) }
      : {}),
    ...(service.checksAdminKey ? { [ENV.adminKey]: secret(environment, 'admin-key') } : {}),
    ...(service.publicPaths.includes('/') ? { [ENV.publicUrl]: `http://localhost:${FRONT_PORT}` } : {}),
    ...(service.name === 'quotes' && environment.seed ? { [ENV.seed]: 'true' } : {}),
  };
}

/** `${REDIS_PASSWORD:-...}`: a value from the shell or `.env` before the one of dev. */
function secret({ secrets }: Environment, key: string): string {
  const name = key.toUpperCase().replaceAll('-', '_');
  const value = secrets.kind === 'literal' ? secrets.values[key] : undefined;
  return value === undefined ? `\${${name}:?set ${name}}` : `\${${name}:-${value}}`;
}

function started(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' as const }]));
}

/** The store has one user on a laptop, as strong as the cluster's administrator. */
const STORE_PASSWORD = 'redis-admin-password';
const LOADED = { 'redis-functions': { condition: 'service_completed_successfully' as const } };

/** The image's own user: a new named volume belongs to whom /data belonged to in the image. */
const REDIS_USER = '999:1000';

/** The password comes through the standard input: on a command line everybody on the machine could read it. */
function redis(environment: Environment): DefinitionsService {
  const options = '--appendonly yes --appendfsync always --maxmemory-policy noeviction';
  return {
    image: IMAGES.redis,
    ...HARDENED,
    user: REDIS_USER,
    command: ['sh', '-c', `printf 'requirepass "%s"\\n' "$$REDISCLI_AUTH" | exec valkey-server - ${options}`],
    environment: { REDISCLI_AUTH: secret(environment, STORE_PASSWORD) },
    healthcheck: { ...HEALTH_PACE, test: ['CMD', 'valkey-cli', 'ping'] },
    volumes: ['redis:/data'],
    networks: ['internal'],
  };
}

/** Runs once: the functions that the services call, which a cluster's servers load by themselves. */
function functions(environment: Environment): DefinitionsService {
  return {
    image: IMAGES.redis,
    ...HARDENED,
    user: REDIS_USER,
    restart: 'on-failure',
    command: ['sh', '-c', 'valkey-cli -e -h redis -x function load replace </functions.lua'],
    environment: { REDISCLI_AUTH: secret(environment, STORE_PASSWORD) },
    depends_on: started(['redis']),
    volumes: ['./app/store-functions.lua:/functions.lua:ro'],
    networks: ['internal'],
  };
}
