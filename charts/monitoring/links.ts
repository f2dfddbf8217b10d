import type { DashboardRef } from '../plan/alert.ts';
import type { MonitoringContext, Project } from '../plan/part.ts';

/** Where the page of an alert is read. */
export function runbookUrl(alert: string, project: Project): string {
  return `${project.repository}/blob/main/docs/runbooks/${alert}.md`;
}

/** Grafana's id of a dashboard: stable, for links are kept in mails and bookmarks. */
export function dashboardUid(dashboard: DashboardRef, project: Project): string {
  return `${project.name}-${typeof dashboard === 'string' ? dashboard : dashboard.service}`;
}

export function dashboardUrl(dashboard: DashboardRef, context: MonitoringContext): string {
  return `${context.grafanaUrl}/d/${dashboardUid(dashboard, context.project)}?var-namespace=${context.namespace}`;
}
