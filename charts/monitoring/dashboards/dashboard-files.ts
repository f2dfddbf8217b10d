import type { MonitoringContext } from '../../plan/part.ts';
import { capacityPage } from './capacity-page.ts';
import { overview } from './overview.ts';
import { servicePage } from './service-page.ts';

/** A dashboard as Grafana loads it. */
export interface DashboardFile {
  /** `overview`, `users`, `redis`: part of the names of the file and of its ConfigMap. */
  readonly name: string;
  readonly json: string;
}

/** Every page of an environment. */
export function dashboardFiles(context: MonitoringContext): DashboardFile[] {
  const pages = [
    { name: 'overview', page: overview(context) },
    ...context.services.map((service) => ({ name: service.name, page: servicePage(service, context) })),
    ...context.parts.flatMap(({ name, monitoring }) =>
      monitoring === undefined ? [] : [{ name, page: monitoring.page(context) }],
    ),
    { name: 'capacity', page: capacityPage(context) },
  ];
  return pages.map(({ name, page }) => ({ name, json: `${JSON.stringify(page, null, 1)}\n` }));
}
