import { ENV, PORTS } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import type { Redis } from '../environments/redis.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { REDIS_NAMES, requiredReplicas, SENTINEL_PRIMARY, sentinelHosts, serverCount } from './shape.ts';

/** Keys of the process environment that lead a service to the store; the password is a mounted file, never here. */
export function redisClientEnv(environment: Environment, service: ServiceSpec): Record<string, string> {
  return { ...address(environment, service.name), ...acknowledgement(environment.redis) };
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

function address({ redis }: Environment, user: string): Record<string, string> {
  switch (redis.kind) {
    case 'standalone':
      return {
        [ENV.redisUrl]: `redis://${REDIS_NAMES.servers}:${PORTS.redis}/0`,
        [ENV.redisUsername]: user,
      };
    case 'sentinel':
      return {
        [ENV.redisSentinels]: withPort(sentinelHosts(redis), PORTS.sentinel),
        [ENV.redisSentinelPrimary]: SENTINEL_PRIMARY,
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
