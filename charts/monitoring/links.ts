import { project } from '../project.ts';
import type { DashboardRef } from './rules/rule.ts';
import type { Watch } from './watch.ts';

/** Where the page of an alert is read. */
export function runbookUrl(alert: string): string {
  return `${project.repository}/blob/main/docs/runbooks/${alert}.md`;
}

/** Grafana's id of a dashboard: stable, for links are kept in mails and bookmarks. */
export function dashboardUid(dashboard: DashboardRef): string {
  return `${project.name}-${typeof dashboard === 'string' ? dashboard : dashboard.service}`;
}

export function dashboardUrl(dashboard: DashboardRef, watch: Watch): string {
  return `${watch.grafanaUrl}/d/${dashboardUid(dashboard)}?var-namespace=${watch.namespace}`;
}
