import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { METRICS } from '../../contract.ts';
import type { Config } from './config.ts';
import { registerSystemMetrics } from './system-metrics.ts';

/** The registry of one service: Node's defaults, the container's own use, `app_info`. Each metric carries the service's name. */
export function createRegistry(config: Pick<Config, 'service' | 'environment' | 'version' | 'tmpBytes'>): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: config.service });
  collectDefaultMetrics({ register: registry });
  registerSystemMetrics(registry, config.tmpBytes);
  const info = new Gauge({
    name: METRICS.info,
    help: 'Always 1; its labels tell what runs.',
    labelNames: ['version', 'environment', 'node'],
    registers: [registry],
  });
  info.set({ version: config.version, environment: config.environment, node: process.version }, 1);
  return registry;
}
