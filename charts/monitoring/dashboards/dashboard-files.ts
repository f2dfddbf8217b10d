import type { Watch } from '../watch.ts';
import { capacityPage } from './capacity-page.ts';
import { overview } from './overview.ts';
import { redisPage } from './redis-page.ts';
import { servicePage } from './service-page.ts';

/** A dashboard as Grafana loads it. */
export interface DashboardFile {
  /** `overview`, `users`, `redis`: part of the names of the file and of its ConfigMap. */
  readonly name: string;
  readonly json: string;
}

/** Every page of an environment. */
export function dashboardFiles(watch: Watch): DashboardFile[] {
  const pages = [
    { name: 'overview', page: overview(watch) },
    ...watch.services.map((service) => ({ name: service.name, page: servicePage(service, watch) })),
    ...(watch.redis === null ? [] : [{ name: 'redis', page: redisPage(watch.redis, watch) }]),
    { name: 'capacity', page: capacityPage(watch) },
  ];
  return pages.map(({ name, page }) => ({ name, json: `${JSON.stringify(page, null, 1)}\n` }));
}
