import { EventEmitter } from 'node:events';
import { readConfig } from '../src/runtime/config.ts';
import { type RunningService, runService } from '../src/runtime/run-service.ts';
import { loadService } from '../src/services/registry.ts';
import { emulateRedis } from './emulated-redis.ts';
import { planPorts } from './ports.ts';
import { allServiceEnvs } from './service-env.ts';

/** Starts every service in this process, for the emulation shares its data only between the clients of one. */
export async function runEmulated(frontPort: number): Promise<readonly RunningService[]> {
  const redisFactory = emulateRedis('dev');
  const envs = allServiceEnvs({ ports: planPorts(frontPort), redisUrl: 'redis://emulated', given: process.env });
  return await Promise.all(
    envs.map(async (env) => {
      const config = readConfig(env);
      return await runService({ module: await loadService(config.service), config, env, redisFactory });
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
