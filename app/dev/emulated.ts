import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { readConfig } from '../src/runtime/config.ts';
import { type RunningService, runService } from '../src/runtime/run-service.ts';
import { SERVICE_MODULES } from '../src/services/registry.ts';
import type { RedisFactory } from '../src/stores/redis-factory.ts';
import { planPorts } from './ports.ts';
import { allServiceEnvs } from './service-env.ts';

/** The emulation shares its data between all clients of one process, so all services run in this one. */
export const emulateRedis: RedisFactory = (_config, options) => {
  const Emulation = createRequire(import.meta.url)('ioredis-mock');
  return new Emulation(options);
};

/** Starts every service in this process. */
export async function runEmulated(frontPort: number): Promise<readonly RunningService[]> {
  const envs = allServiceEnvs({ ports: planPorts(frontPort), redisUrl: 'redis://emulated', given: process.env });
  return await Promise.all(
    envs.map((env) => {
      const config = readConfig(env);
      return runService({ module: SERVICE_MODULES[config.service], config, env, redisFactory: emulateRedis });
    }),
  );
}

async function main(): Promise<void> {
  EventEmitter.defaultMaxListeners = 50;
  const running = await runEmulated(Number(process.argv[2]));
  const stop = () => void Promise.all(running.map((service) => service.shutdown())).then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

if (process.argv[1] === import.meta.filename) await main();
