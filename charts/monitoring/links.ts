import type { DashboardRef } from '../plan/alert.ts';
import type { MonitoringContext, Project } from '../plan/part.ts';

export function runbookUrl(alert: string, project: Project): string {
  return `${project.repository}/blob/main/docs/runbooks/${alert}.md`;
}

/** Grafana's id of a dashboard: stable, because links are kept in mails and bookmarks. */
export function dashboardUid(dashboard: DashboardRef, project: Project): string {
  return `${project.name}-${typeof dashboard === 'string' ? dashboard : dashboard.service}`;
}

export function dashboardUrl(dashboard: DashboardRef, context: MonitoringContext): string {
  return `${context.grafanaUrl}/d/${dashboardUid(dashboard, context.project)}?var-namespace=${context.namespace}`;
}

/** The same in an alert: Prometheus fills in which pod it is about, where it is about one. */
export function alertDashboardUrl(dashboard: DashboardRef, context: MonitoringContext): string {
  if (dashboard !== 'pod') return dashboardUrl(dashboard, context);
  return `${context.grafanaUrl}/d/${dashboardUid(dashboard, context.project)}?var-namespace={{ $labels.namespace }}&var-pod={{ $labels.pod }}`;
}

/** A link that Grafana fills in and shows at a value, a line or the top of a page. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
}

const filled = (name: string) => `\${${name}}`;
/** The text of the cell that is clicked. */
export const CELL = filled('__value.text');
/** A label of the line that is clicked. */
export const labelOf = (label: string) => filled(`__field.labels.${label}`);
/** The environment and the time that are looked at, carried to the next page. */
const KEPT = `${filled('namespace:queryparam')}&${filled('__url_time_range')}`;

/** From a line or a cell that names a service to its page. */
export function serviceLink(project: Project, service = labelOf('service')): DataLink {
  return { title: `Open ${service}`, url: `/d/${dashboardUid({ service }, project)}?${KEPT}` };
}

/** From a line or a cell that names a pod to its page. */
export function podLink(project: Project, pod = labelOf('pod')): DataLink {
  return { title: `Open ${pod}`, url: `/d/${dashboardUid('pod', project)}?${KEPT}&var-pod=${pod}` };
}

/** From a cell that holds the id of a page to the page. */
export const PAGE_LINK: DataLink = { title: `Open ${CELL}`, url: `/d/${CELL}?${KEPT}` };

/** From a cell that holds the name of an alert to its runbook. */
export function runbookLink(project: Project): DataLink {
  return { title: 'Open the runbook', url: runbookUrl(CELL, project) };
}

/** At the top of every page. */
export function pageLinks({ project, logsUrl }: MonitoringContext): DataLink[] {
  return [
    { title: 'Runbooks', url: `${project.repository}/tree/main/docs/runbooks` },
    { title: 'Logs', url: logsUrl },
  ];
}

/** To the latest traces of a service in Grafana's Explore; none where no program of ours keeps them. */
export function tracesLinks(service: string, { parts }: MonitoringContext): DataLink[] {
  if (!parts.some(({ name, offers }) => name === 'monitoring' && offers.some((offer) => offer.name === 'traces')))
    return [];
  const queries = [{ refId: 'A', queryType: 'search', service }];
  const pane = { datasource: TRACES_DATASOURCE, queries, range: { from: 'now-1h', to: 'now' } };
  return [
    { title: 'Traces', url: `/explore?schemaVersion=1&panes=${encodeURIComponent(JSON.stringify({ a: pane }))}` },
  ];
}

/** Under this id our own Grafana knows the trace store. */
export const TRACES_DATASOURCE = 'jaeger';
