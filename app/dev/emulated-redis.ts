import type { EventEmitter } from 'node:events';
import { Command } from 'ioredis';
import RedisMock from 'ioredis-mock';
import type { RedisClient, RedisFactory } from '../src/stores/redis-factory.ts';

/** Replies that ioredis 6 reshapes with a second argument, which the emulation (written for ioredis 5) does not pass. */
const RESHAPED = ['zrange', 'hrandfield', 'xread'];

/**
 * Redis in this process, for a laptop and for tests that need no real one. Clients of the same name share their data.
 * It keeps nothing when the process ends, and it knows neither replicas nor the latency of a network.
 */
export function emulateRedis(name: string): RedisFactory {
  for (const command of RESHAPED) Command.setReplyTransformer(command, (reply: unknown) => reply);
  return (_config, { connectionName }) => {
    const client: EventEmitter = new RedisMock({ host: name, connectionName });
    return client as unknown as RedisClient;
  };
}
