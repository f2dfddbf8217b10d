import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisConfig } from '../runtime/config.ts';
import type { Logger } from '../runtime/logger.ts';

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

export interface RotateOptions {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly log: Logger;
}

/**
 * Takes a new password into use without closing anything: the next connection logs in with it,
 * and those that are open log in again, so that the old password may be withdrawn.
 */
export async function rotatePassword(client: RedisClient, { username, password, log }: RotateOptions): Promise<void> {
  if (password === undefined) return;
  const options = 'nodes' in client ? client.options.redisOptions : client.options;
  Object.assign(options ?? {}, { password });
  const connections: Redis[] = 'nodes' in client ? client.nodes('all') : [client];
  for (const connection of connections) {
    connection.options.password = password;
    try {
      await (username === undefined ? connection.auth(password) : connection.auth(username, password));
      log.info('logged in to Redis with the new password');
    } catch (err) {
      // The open connection stays logged in as before; only a password that Redis never learns would end in an outage.
      log.warn({ err }, 'Redis does not accept the new password yet');
    }
  }
}
