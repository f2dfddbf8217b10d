import { ENV, PORT_NAMES, PORTS, SECRET_FILES } from '../../app/contract.ts';
import { when } from '../constructs/lists.ts';
import { type Connection, toAddresses, type WorkloadEndpoint } from '../plan/connection.ts';
import type { EnvironmentWithStore as Environment, EnvironmentWithStore, Redis } from '../plan/environment.ts';
import type { CertificateSpec } from '../plan/internal-tls.ts';
import { EMPTY_PART, type Offer, type Part, type PartContext, type Project } from '../plan/part.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { passwordKeyOf, REDIS_SECRETS, redisSecrets, STORE } from './acl.ts';
import { composeClient, composeStore } from './compose.ts';
import { redisDemands, redisProblems } from './demands.ts';
import { redisMonitoring } from './monitoring.ts';
import { RedisStore } from './redis-store.ts';
import { backupOf, hasTls, REDIS_NAMES, requiredReplicas, sentinelHosts, serverCount, serverHosts } from './shape.ts';

/** The store of one environment, or the managed one that it uses; nothing where it has none. */
export function redisPart({ environment, catalog, project }: PartContext): Part[] {
  if (environment.redis === undefined) return [];
  const own: Environment = { ...environment, redis: environment.redis };
  const watched = environment.monitoring.kind !== 'off' && own.redis.kind !== 'external';
  return [
    {
      ...EMPTY_PART,
      name: 'redis',
      problems: redisProblems(own),
      demands: redisDemands(own),
      secrets: redisSecrets(own, catalog),
      certificates: storeCertificates(own),
      offers: [redisOffer({ environment: own, project })],
      ...(own.redis.kind === 'external' ? {} : { monitoring: redisMonitoring(own.redis) }),
      metrics: when(watched, {
        workload: workload(REDIS_NAMES.servers, own),
        job: 'redis',
        port: PORTS.redisExporter,
        portName: PORT_NAMES.redisExporter,
        path: '/metrics',
      }),
      connections: () => storeConnections(own),
      compose: () => composeStore(own),
      render: (scope, plan) => void new RedisStore(scope, 'redis', { environment: own, plan }),
    },
  ];
}

/** One for each of the store's workloads. The exporter beside a server reaches it as `localhost`. */
function storeCertificates(environment: Environment): CertificateSpec[] {
  const { redis } = environment;
  if (!hasTls(environment)) return [];
  const { servers, sentinels, backup, restore } = REDIS_NAMES;
  return [
    { name: servers, dnsNames: [servers, ...serverHosts(redis), 'localhost'] },
    ...when(redis.kind === 'sentinel', { name: sentinels, dnsNames: [sentinels, ...sentinelHosts(redis)] }),
    ...(backupOf(redis) === null ? [] : [backup, restore].map((name) => ({ name, dnsNames: [name] }))),
  ];
}

function workload(name: string, { namespace }: Environment): WorkloadEndpoint {
  return { kind: 'workload', name, namespace };
}

/** What a client of the store reaches: the servers and, where they fail over, the Sentinels that know the primary. */
function targets(environment: Environment): Omit<Connection, 'from'>[] {
  const { redis } = environment;
  if (redis.kind === 'external') {
    const nobody = { kind: 'addresses', cidr: '' } as const;
    return toAddresses(nobody, redis.addresses, { byName: true }).map(({ from: _, ...to }) => to);
  }
  const to = (name: string, port: number) => ({
    to: workload(name, environment),
    ports: [port],
    calls: `${name}:${port}`,
  });
  return [
    to(REDIS_NAMES.servers, PORTS.redis),
    ...when(redis.kind === 'sentinel', to(REDIS_NAMES.sentinels, PORTS.sentinel)),
  ];
}

function redisOffer(context: StoreContext): Offer {
  const { environment } = context;
  return {
    name: STORE,
    isStore: true,
    compose: composeClient(environment),
    connect: (client) => ({
      env: redisClientEnv(context, client),
      to: targets(environment),
      secrets: [
        {
          secret: REDIS_SECRETS.client,
          keys: [passwordKeyOf(client, environment)],
          path: SECRET_FILES.redisPassword,
          optional: false,
        },
      ],
    }),
  };
}

/** What the store's own pods say to each other: servers and Sentinels, where they fail over, and the jobs. A single server calls nobody. */
function storeConnections(environment: Environment): Connection[] {
  const { redis } = environment;
  if (redis.kind === 'external') return [];
  const { servers, sentinels, backup, restore } = REDIS_NAMES;
  const target = backupOf(redis)?.target;
  const named = (...names: string[]) => names.map((name) => workload(name, environment));
  const group = when(redis.kind === 'sentinel', ...named(servers, sentinels));
  const jobs = when(target !== undefined, ...named(backup, restore));
  const bucket = target?.kind === 's3' ? target.addresses : [];
  return [
    ...[...group, ...jobs].flatMap((from) => targets(environment).map((to) => ({ from, ...to }))),
    ...jobs.flatMap((from) => toAddresses(from, bucket, { byName: true })),
  ];
}

/** Where a store is used: the Sentinels watch its primary by the name of the project. */
export interface StoreContext {
  readonly environment: EnvironmentWithStore;
  readonly project: Project;
}

/** Keys of the process environment that lead a service to the store; the password is a mounted file, never here. */
export function redisClientEnv(context: StoreContext, service: ServiceSpec): Record<string, string> {
  const { environment } = context;
  return {
    ...address(context, service.name),
    ...acknowledgement(environment.redis),
    ...(hasTls(environment) ? { [ENV.redisTls]: 'true' } : {}),
  };
}

/** What an acknowledged write is on: disks of our own servers, memory of others. A server without a disk acknowledges what it holds. */
function acknowledgement(redis: Redis): Record<string, string> {
  const replicas = requiredReplicas(redis);
  if (redis.kind === 'external') return { [ENV.redisWaitReplicas]: String(replicas) };
  if (redis.persistence.kind === 'none') return {};
  return {
    [ENV.redisWaitAofReplicas]: String(replicas),
    [ENV.redisReadReplicas]: String(serverCount(redis) - 1 - replicas),
  };
}

function address({ environment: { redis }, project }: StoreContext, user: string): Record<string, string> {
  switch (redis.kind) {
    case 'standalone':
      return {
        [ENV.redisUrl]: `redis://${REDIS_NAMES.servers}:${PORTS.redis}/0`,
        [ENV.redisUsername]: user,
      };
    case 'sentinel':
      return {
        [ENV.redisSentinels]: withPort(sentinelHosts(redis), PORTS.sentinel),
        [ENV.redisSentinelPrimary]: project.name,
        [ENV.redisUsername]: user,
      };
    case 'external':
      return {
        ...(redis.target.kind === 'url'
          ? { [ENV.redisUrl]: redis.target.url }
          : { [ENV.redisClusterNodes]: redis.target.nodes.join(',') }),
        ...(redis.username === null ? {} : { [ENV.redisUsername]: redis.username }),
      };
  }
}

function withPort(hosts: readonly string[], port: number): string {
  return hosts.map((host) => `${host}:${port}`).join(',');
}
