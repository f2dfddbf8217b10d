import { Redis } from 'ioredis';
import { PORTS } from '../../app/contract.ts';
import { ROLES } from '../../charts/redis/acl.ts';
import { SENTINEL_PRIMARY } from '../../charts/redis/shape.ts';
import { firstPassword, type RedisGroup } from './redis-group.ts';

/** Writes without a pause, each on a replica before it counts (WAIT, its answer checked), as the services acknowledge. */
export class Writer {
  /** Keys whose write was acknowledged, with the time. */
  readonly acknowledged: { readonly key: string; readonly at: number }[] = [];
  failures = 0;
  private readonly group: RedisGroup;
  private readonly redis: Redis;
  private readonly prefix: string;
  private running = true;
  private readonly done: Promise<void>;

  constructor(group: RedisGroup, prefix: string) {
    this.group = group;
    this.prefix = prefix;
    this.redis = this.connect();
    this.done = this.run();
  }

  /** Finds the primary as a service does; this process is not among the pods, so their names are looked up for it. */
  private connect(): Redis {
    const addressOf = (hostPort: string) => {
      const [host = '', port = ''] = hostPort.split(':');
      return { host: this.group.network.addressOf(host) ?? '127.0.0.1', port: Number(port) };
    };
    const redis = new Redis({
      sentinels: this.group.sentinels.map(({ host }) => ({ host, port: PORTS.sentinel })),
      name: SENTINEL_PRIMARY,
      username: ROLES.application.user,
      password: firstPassword(ROLES.application.user),
      natMap: addressOf,
      connectTimeout: 1_000,
      commandTimeout: 2_000,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
      failoverDetector: true,
      sentinelRetryStrategy: () => 200,
      retryStrategy: () => 200,
    });
    redis.on('error', () => undefined);
    return redis;
  }

  private async run(): Promise<void> {
    for (let index = 0; this.running; index += 1) {
      const key = `${this.prefix}:${index}`;
      try {
        const [, replicas] = await Promise.all([this.redis.set(key, index), this.redis.wait(1, 1_000)]);
        if (replicas < 1) throw new Error('no replica has it');
        this.acknowledged.push({ key, at: Date.now() });
      } catch {
        this.failures += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  /** Whether a write has been acknowledged since then. */
  wroteSince(time: number): boolean {
    return (this.acknowledged.at(-1)?.at ?? 0) > time;
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.done;
    this.redis.disconnect();
  }
}
