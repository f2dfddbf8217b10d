import { Gauge, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { scraper } from './admin-server.ts';

function registryWith(collectors: Readonly<Record<string, () => number | Promise<number>>>): Registry {
  const registry = new Registry();
  for (const [name, value] of Object.entries(collectors)) {
    const gauge = new Gauge({
      name,
      help: name,
      registers: [registry],
      async collect() {
        gauge.set(await value());
      },
    });
  }
  return registry;
}

it('tells every metric as the registry itself does', async () => {
  const registry = registryWith({ a: () => 1, b: () => 2 });
  registry.setDefaultLabels({ service: 'quotes' });
  const scrape = scraper(registry);
  expect(await scrape()).toBe(await registry.metrics());
  expect(await scrape()).toContain('a{service="quotes"} 1');
});

it('lives when a metric fails or hangs, and counts that', async () => {
  const registry = registryWith({
    good: () => 1,
    failing: () => Promise.reject(new Error('no such file')),
    hanging: () => new Promise<number>(() => {}),
  });
  const text = await scraper(registry)();
  expect(text).toContain('good 1');
  expect(text).toContain('metrics_collect_failures_total{metric="failing"} 1');
  expect(text).toContain('metrics_collect_failures_total{metric="hanging"} 1');
  expect(text).not.toContain('hanging 0');
});
