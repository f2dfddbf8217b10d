import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { project } from '../../charts/project.ts';

/**
 * A client among the pods: it resolves their names as they do. Writes without a pause by the functions that the servers loaded, so that each
 * write is a transaction in the append-only file; one counts when it is on the disks that it has to be on. Says `+id` for an acknowledged
 * write and `-reason` for any other.
 */
const [, , sentinels = '', username = '', replicas = '', prefix = ''] = process.argv;
const password = readFileSync(0, 'utf8');

const redis = new Redis({
  sentinels: sentinels.split(',').map((text) => ({ host: text.split(':')[0] ?? '', port: Number(text.split(':')[1]) })),
  name: project.name,
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

const KEYS = ['data', 'ids', 'version', 'changes', 'secrets'].map((key) => `{quotes}:${key}`);
let running = true;
process.once('SIGTERM', () => {
  running = false;
});

for (let index = 0; running; index += 1) {
  const id = `${prefix}-${index}`;
  try {
    const json = JSON.stringify({ revision: '0123456789ab', id });
    // The replicas answer WAIT when they have the write and WAITAOF at once after that; asked for the disk alone, they answer once a second.
    const [, , acknowledged] = await Promise.all([
      redis.fcall('create_record', 5, ...KEYS, id, Date.now(), '1', json, '', ''),
      redis.wait(Number(replicas), 500),
      redis.call('WAITAOF', '1', replicas, '1000'),
    ]);
    const [local, remote] = Array.isArray(acknowledged) ? acknowledged.map(Number) : [];
    if (local !== 1 || (remote ?? 0) < Number(replicas)) throw new Error('not on every disk');
    console.log(`+${id}`);
  } catch (error) {
    console.log(`-${error instanceof Error ? error.message : 'unknown'}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
redis.disconnect();
