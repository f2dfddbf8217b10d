import { ENV, PORTS } from '../../app/contract.ts';
import type { EnvironmentWithStore, Redis } from '../plan/environment.ts';
import type { Project } from '../plan/part.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { REDIS_NAMES, requiredReplicas, sentinelHosts, serverCount } from './shape.ts';

/** Where a store is used: the Sentinels watch its primary by the name of the project. */
export interface StoreContext {
  readonly environment: EnvironmentWithStore;
  readonly project: Project;
}

/** Keys of the process environment that lead a service to the store; the password is a mounted file, never here. */
export function redisClientEnv(context: StoreContext, service: ServiceSpec): Record<string, string> {
  return { ...address(context, service.name), ...acknowledgement(context.environment.redis) };
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
