import type { ComposeSpecification, DefinitionsService } from 'compose-spec-ts';
import { dump } from 'js-yaml';
import { traefikRateLimit } from '../edge/public-edge.ts';
import { IMAGES } from '../images.ts';
import { addressOf } from '../microservice/links.ts';
import type { Environment, RateLimit } from '../plan/environment.ts';
import { ownEnvironment } from '../plan/own-environment.ts';
import { type Plan, releasedImage } from '../plan/part.ts';
import { mainPortOf, namedConnections, type ServiceSpec } from '../plan/service-spec.ts';
import { sizeOf } from '../plan/sizing.ts';
import { HARDENED, HEALTH_PACE, secretVariable } from './hardened.ts';

/** Where a laptop finds the service that answers on `/`. */
const FRONT_PORT = 8080;

/**
 * The same plan as a Compose file: every service, what the parts bring, and the Ingress's routes behind Traefik.
 * @param plan of the environment whose secrets, seed and log level a laptop takes
 */
export function composeFile(plan: Plan): ComposeSpecification {
  const brought = plan.parts.flatMap(({ compose }) => compose?.(plan) ?? []);
  const kept = plan.catalog.filter(({ volume }) => volume !== undefined).map(({ name }) => name);
  return {
    name: plan.project.name,
    services: {
      ...Object.fromEntries(plan.catalog.map((service) => [service.name, application(service, plan)])),
      ...Object.fromEntries(brought.map(({ name, service }) => [name, service])),
      gateway: gateway(plan.catalog),
    },
    // `internal` has no way out; `edge` is where a port can be published.
    networks: { internal: { internal: true }, edge: {} },
    volumes: Object.fromEntries([...kept, ...brought.flatMap(({ volumes }) => volumes)].map((name) => [name, {}])),
  };
}

function application(service: ServiceSpec, plan: Plan): DefinitionsService {
  const { environment } = plan;
  const port = mainPortOf(service);
  const published = port !== null && service.routes?.includes('/') === true;
  const { uid, volume, command, args, scratch = {} } = service;
  return {
    ...source(service, plan),
    ...HARDENED,
    ...(uid === undefined ? {} : { user: `${uid}:${uid}` }),
    tmpfs: Object.keys(scratch),
    ...(command === undefined ? {} : { entrypoint: [...command] }),
    ...(args === undefined ? {} : { command: [...args] }),
    environment: applicationEnv(service, plan),
    ...(service.image === undefined ? { healthcheck: HEALTH_PACE } : {}),
    depends_on: dependencies(service, plan),
    ...(volume === undefined ? {} : { volumes: [`${service.name}:${volume.path}`] }),
    networks: published ? ['internal', 'edge'] : ['internal'],
    ...(published ? { ports: [`127.0.0.1:${FRONT_PORT}:${port.number}`] } : {}),
    stop_grace_period: `${environment.stopping.graceSeconds}s`,
    mem_limit: `${sizeOf(service, environment).limits.memoryMiB}m`,
  };
}

/** Ours is built here, never pulled: the tag of the release, without the digest of somebody else's push. */
function source({ image }: ServiceSpec, { project, environment }: Plan): DefinitionsService {
  if (image !== undefined) return { image };
  return {
    image: releasedImage(project.image, { tag: environment.release.tag, digest: null }),
    build: { context: '.', dockerfile: 'app/Dockerfile' },
  };
}

type Condition = 'service_healthy' | 'service_started' | 'service_completed_successfully';

/** What is ours says when it is healthy; images of others are waited for only until they have started. */
function conditionOf({ image }: ServiceSpec): Condition {
  return image === undefined ? 'service_healthy' : 'service_started';
}

function dependencies(service: ServiceSpec, { services, offers }: Plan): NonNullable<DefinitionsService['depends_on']> {
  const conditions = namedConnections(service).flatMap(({ to }): (readonly [string, Condition])[] => {
    const called = services.get(to);
    return called === undefined ? Object.entries(offers.get(to)?.compose?.after ?? {}) : [[to, conditionOf(called)]];
  });
  return Object.fromEntries(conditions.map(([to, condition]) => [to, { condition }]));
}

function applicationEnv(service: ServiceSpec, plan: Plan): Record<string, string> {
  const { environment } = plan;
  const links = namedConnections(service).map((connection) => {
    const { to, env } = connection;
    const called = plan.services.get(to);
    const port = called === undefined ? null : mainPortOf(called);
    if (port === null) return plan.offers.get(to)?.compose?.env ?? {};
    return env === undefined ? {} : { [env]: addressOf(connection, { port: port.number, tls: false }) };
  });
  return {
    // Where every path is answered: the API page shows addresses below it.
    ...ownEnvironment(service, { environment, publicUrl: `http://localhost:${GATEWAY_PORT}`, secretsDir: null }),
    ...Object.assign({}, ...links),
    ...secretsOf(service, environment),
  };
}

function secretsOf({ secrets = [] }: ServiceSpec, environment: Environment): Record<string, string> {
  const keys = secrets.flatMap((use) => use.keys);
  const carried = keys.flatMap(({ key, variable }) =>
    variable === undefined ? [] : [[variable, secretVariable(environment, key)] as const],
  );
  return Object.fromEntries(carried);
}

/** Where a laptop finds the APIs, as the Ingress would route them. */
export const GATEWAY_PORT = 8000;

const CONFIG = '/etc/traefik/dynamic.yaml';
/** Beside compose.yaml. Mounted as a file: older Compose has no `configs.content`, podman-compose no `configs` at all. */
export const GATEWAY_FILE = 'compose.gateway.yaml';

/** Traefik with the Ingress's path rules and rate limit. */
function gateway(catalog: readonly ServiceSpec[]): DefinitionsService {
  return {
    image: IMAGES.traefik,
    ...HARDENED,
    command: [
      `--entrypoints.web.address=:${GATEWAY_PORT}`,
      `--providers.file.filename=${CONFIG}`,
      '--ping=true',
      '--ping.entrypoint=web',
    ],
    volumes: [`./${GATEWAY_FILE}:${CONFIG}:ro`],
    healthcheck: {
      ...HEALTH_PACE,
      test: ['CMD', 'traefik', 'healthcheck', '--ping', `--entrypoints.web.address=:${GATEWAY_PORT}`],
    },
    depends_on: Object.fromEntries(
      routed(catalog).map((service) => [service.name, { condition: conditionOf(service) }]),
    ),
    networks: ['internal', 'edge'],
    ports: [`127.0.0.1:${GATEWAY_PORT}:${GATEWAY_PORT}`],
  };
}

/**
 * Traefik's dynamic configuration: one router a public path, the longest first as Traefik itself orders them.
 * @param rateLimit of the environment that limits its clients: a laptop should meet the limit before production does
 */
export function gatewayFile(catalog: readonly ServiceSpec[], rateLimit: RateLimit | null): string {
  const limited = rateLimit === null ? {} : { middlewares: ['rate-limit'] };
  const routers = routed(catalog).map(({ name, routes = [] }) => {
    const rule = routes.map((path) => `PathPrefix(\`${path}\`)`).join(' || ');
    return [name, { rule, service: name, ...limited }];
  });
  const services = routed(catalog).map((service) => [
    service.name,
    { loadBalancer: { servers: [{ url: `http://${service.name}:${mainPortOf(service)?.number}` }] } },
  ]);
  const http = {
    routers: Object.fromEntries(routers),
    services: Object.fromEntries(services),
    ...(rateLimit === null ? {} : { middlewares: { 'rate-limit': { rateLimit: traefikRateLimit(rateLimit) } } }),
  };
  return `# Generated by \`npm run synth\`, for compose.yaml.\n${dump({ http }, { noRefs: true })}`;
}

function routed(catalog: readonly ServiceSpec[]): ServiceSpec[] {
  return catalog.filter((service) => (service.routes ?? []).length > 0 && mainPortOf(service) !== null);
}
