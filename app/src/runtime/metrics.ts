import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { METRICS, TMP_DIR } from '../../contract.ts';
import type { Config } from './config.ts';
import { type ContainerUse, diskUsePercent, readContainerUse } from './container-use.ts';

/** Shortest time in ms between two CPU readings that can be divided by each other without noise. */
const MIN_INTERVAL_MS = 1_000;

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

/** Registers the container's own use in percent of its own limits, computed when scraped. */
export function registerSystemMetrics(registry: Registry, tmpBytes: number | undefined): void {
  const cpu = cpuMeter(readContainerUse, () => performance.now());
  gauge(registry, METRICS.cpu, "CPU used since the last scrape, in percent of the container's limit.", cpu);
  gauge(registry, METRICS.memory, "Working set in percent of the container's memory limit.", memoryPercent);
  gauge(registry, METRICS.disk, `Use of ${TMP_DIR} in percent of its size limit.`, () =>
    diskUsePercent(TMP_DIR, tmpBytes),
  );
}

/** A function that tells the CPU use in percent of the limit since it was last asked. */
export function cpuMeter(read: () => ContainerUse, now: () => number): () => number {
  let before = { at: now(), used: read().cpuUsedMicros };
  let percent = 0;
  return () => {
    const elapsedMs = now() - before.at;
    if (elapsedMs < MIN_INTERVAL_MS) return percent;
    const { cpuUsedMicros, cpuLimit } = read();
    percent = (100 * (cpuUsedMicros - before.used)) / (elapsedMs * 1000 * cpuLimit);
    before = { at: before.at + elapsedMs, used: cpuUsedMicros };
    return percent;
  };
}

function memoryPercent(): number {
  const { memoryUsed, memoryLimit } = readContainerUse();
  return (100 * memoryUsed) / memoryLimit;
}

/** A gauge whose value is asked for when it is scraped. */
export function gauge(registry: Registry, name: string, help: string, value: () => number | Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await value());
    },
  });
}
