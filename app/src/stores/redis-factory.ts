import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../runtime/config.ts';

/** A client of any topology. */
export type RedisClient = Redis | Cluster;

/** What our connections set of ioredis' options; `replyMapping` is part of the client's type and stays at its default. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping' | 'enableOfflineQueue' | 'readOnly' | 'retryStrategy'> & {
  readonly retryStrategy: (attempt: number) => number;
};

/** Makes a client that connects by itself and keeps trying. */
export type RedisFactory = (config: RedisConfig, options: ClientOptions) => RedisClient;

/** Real connections: standalone, by Sentinel, or to a Cluster. */
export const openRedis: RedisFactory = ({ target, username }, options) => {
  const common: ClientOptions = { ...options, ...(username !== undefined && { username }) };
  const { tls } = common;
  if (target.kind === 'standalone') return new Redis(target.url, common);
  if (target.kind === 'cluster') {
    const { retryStrategy: clusterRetryStrategy, ...redisOptions } = common;
    return new Cluster([...target.nodes], { clusterRetryStrategy, redisOptions });
  }
  // Sentinels are asked without a password: ours let anybody ask where the primary is, and nothing else.
  return new Redis({
    ...common,
    sentinels: [...target.sentinels],
    name: target.primary,
    sentinelRetryStrategy: common.retryStrategy,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  });
};
