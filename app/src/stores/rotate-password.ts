import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import type { RedisClient } from './redis-factory.ts';

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
