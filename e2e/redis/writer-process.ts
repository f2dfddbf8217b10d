import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { SENTINEL_PRIMARY } from '../../charts/redis/shape.ts';

/**
 * A client among the pods: it resolves their names as they do. Writes without a pause, each on a replica before it counts (WAIT,
 * its answer checked), as the services acknowledge. Says `+key` for an acknowledged write and `-reason` for any other.
 */
const [, , sentinels = '', username = '', password = '', prefix = ''] = process.argv;

const redis = new Redis({
  sentinels: sentinels.split(',').map((text) => ({ host: text.split(':')[0] ?? '', port: Number(text.split(':')[1]) })),
  name: SENTINEL_PRIMARY,
  username,
  password,
  connectTimeout: 1_000,
  commandTimeout: 2_000,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  sentinelRetryStrategy: () => 200,
  retryStrategy: () => 200,
});
redis.on('error', () => undefined);

let running = true;
createInterface({ input: process.stdin }).once('close', () => {
  running = false;
});

for (let index = 0; running; index += 1) {
  const key = `{quotes}:${prefix}:${index}`;
  try {
    const [, replicas] = await Promise.all([redis.set(key, index), redis.wait(1, 1_000)]);
    if (replicas < 1) throw new Error('no replica has it');
    console.log(`+${key}`);
  } catch (error) {
    console.log(`-${error instanceof Error ? error.message : 'unknown'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
redis.disconnect();
