import type { ServiceName } from '../../app/contract.ts';
import { Haproxy } from '../../test/haproxy.ts';
import { RealRedis } from '../../test/real-redis.ts';
import { bundleApp, ServiceProcess } from '../../test/service-process.ts';

/** Two instances of a service behind a proxy, and a Redis that has every acknowledged write on disk. */
export interface Instances {
  readonly redis: RealRedis;
  readonly proxy: Haproxy;
  readonly members: readonly [ServiceProcess, ServiceProcess];
  stop(): Promise<void>;
}

export interface InstancesProps {
  readonly service: ServiceName;
  readonly haproxy: string;
  readonly redisServer: string;
  readonly env?: Readonly<Record<string, string>>;
  /** File that takes the logs. @default - /dev/null */
  readonly log?: string;
}

const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'always'];
/** Longer than the proxy's detection (2 x 300 ms), shorter than a test's patience. */
const STOPPING = { DRAIN_SECONDS: '2', SHUTDOWN_SECONDS: '15' };

/** Starts two instances of one service as the image runs them. */
export async function startInstances({
  service,
  haproxy,
  redisServer,
  env = {},
  log,
}: InstancesProps): Promise<Instances> {
  const [redis, program] = await Promise.all([RealRedis.start(redisServer, DURABLE), bundleApp()]);
  const props = {
    service,
    program,
    env: { REDIS_URL: redis.url, ...STOPPING, ...env },
    ...(log !== undefined && { log }),
  };
  const members = await Promise.all([ServiceProcess.start(props), ServiceProcess.start(props)]);
  const proxy = await Haproxy.start(haproxy, members);
  return {
    redis,
    proxy,
    members,
    stop: async () => {
      await proxy.stop();
      await Promise.all(members.map((member) => member.end('SIGKILL')));
      await redis.stop();
    },
  };
}
