import { EventEmitter } from 'node:events';
import { SERVICES, type ServiceName } from '../contract.ts';
import { readConfig } from '../src/runtime/config.ts';
import { type RunningService, runService } from '../src/runtime/run-service.ts';
import { loadService } from '../src/services/registry.ts';
import { emulateRedis } from './emulated-redis.ts';
import { planPorts } from './ports.ts';
import { serviceEnv } from './service-env.ts';

interface EmulatedOptions {
  readonly frontPort: number;
  readonly host: string;
  readonly services: readonly ServiceName[];
}

/** Starts the services in this process, because the emulation shares its data only between the clients of one. */
export async function runEmulated({ frontPort, host, services }: EmulatedOptions): Promise<readonly RunningService[]> {
  const redisFactory = emulateRedis('dev');
  const ports = planPorts(frontPort);
  return await Promise.all(
    services.map(async (service) => {
      const env = serviceEnv({ service, ports, host, redisUrl: 'redis://emulated', given: process.env });
      const config = readConfig(env);
      return await runService({ module: await loadService(config.service), config, env, redisFactory });
    }),
  );
}

async function main(): Promise<void> {
  EventEmitter.defaultMaxListeners = 50;
  const [port, host = '127.0.0.1', names = ''] = process.argv.slice(2);
  const running = await runEmulated({
    frontPort: Number(port),
    host,
    services: SERVICES.filter((name) => names.split(',').includes(name)),
  });
  const stop = () => void Promise.all(running.map((service) => service.shutdown())).then(() => process.exit(0));
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

if (process.argv[1] === import.meta.filename) await main();
