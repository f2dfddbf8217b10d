import { ENV, PORTS } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import { ROLES } from './acl.ts';
import { REDIS_NAMES, SENTINEL_PRIMARY, SENTINEL_WAIT_REPLICAS, sentinelHosts } from './shape.ts';

/** Keys of the process environment that lead a service to the store; the password is a mounted file, never here. */
export function redisClientEnv({ redis }: Environment): Record<string, string> {
  switch (redis.kind) {
    case 'standalone':
      return {
        [ENV.redisUrl]: `redis://${REDIS_NAMES.servers}:${PORTS.redis}/0`,
        [ENV.redisUsername]: ROLES.application.user,
        [ENV.redisWaitReplicas]: '0',
      };
    case 'sentinel':
      return {
        [ENV.redisSentinels]: withPort(sentinelHosts(redis), PORTS.sentinel),
        [ENV.redisSentinelPrimary]: SENTINEL_PRIMARY,
        [ENV.redisUsername]: ROLES.application.user,
        [ENV.redisWaitReplicas]: String(SENTINEL_WAIT_REPLICAS),
      };
    case 'external':
      return {
        ...(redis.target.kind === 'url'
          ? { [ENV.redisUrl]: redis.target.url }
          : { [ENV.redisClusterNodes]: redis.target.nodes.join(',') }),
        ...(redis.username === null ? {} : { [ENV.redisUsername]: redis.username }),
        [ENV.redisWaitReplicas]: String(redis.waitReplicas),
      };
  }
}

function withPort(hosts: readonly string[], port: number): string {
  return hosts.map((host) => `${host}:${port}`).join(',');
}
