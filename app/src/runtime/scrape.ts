import { Counter, type Registry } from 'prom-client';
import { METRICS } from '../../contract.ts';

/** What one metric is given to be collected: a file system that hangs must not take the others with it. */
const COLLECT_WITHIN_MS = 2_000;

/** Collects each metric by itself: one that fails is left out and counted, and the scrape lives. */
export function scraper(registry: Registry): () => Promise<string> {
  const failures = new Counter({
    name: METRICS.collectFailures,
    help: 'Metrics that could not be collected for a scrape.',
    labelNames: ['metric'],
    registers: [registry],
  });
  return async () => {
    const names = registry
      .getMetricsAsArray()
      .map(({ name }) => name)
      .filter((name) => name !== METRICS.collectFailures);
    const texts = await Promise.all(
      names.map((name) =>
        inTime(registry.getSingleMetricAsString(name)).catch(() => {
          failures.inc({ metric: name });
          return '';
        }),
      ),
    );
    // Last, so that what failed in this scrape is told by it.
    texts.push(await registry.getSingleMetricAsString(METRICS.collectFailures));
    return `${texts.filter((text) => text !== '').join('\n\n')}\n`;
  };
}

async function inTime<T>(value: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('not collected in time')), COLLECT_WITHIN_MS);
  });
  return await Promise.race([value, late]).finally(() => clearTimeout(timer));
}
