import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type DashboardLink,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import type { DashboardRef } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { type DataLink, dashboardUid, pageLinks } from '../links.ts';
import { DATASOURCE } from './panels.ts';

/** The environment that is looked at: its namespace, as every series carries it. */
export const NAMESPACE = 'namespace="$namespace"';
/** The services that are looked at. */
export const SERVICE = `${NAMESPACE},service=~"$service"`;

/** The pod that is looked at. */
export const POD = `${NAMESPACE},pod="$pod"`;

/** Alerts that somebody should act on. */
export const FIRING = `ALERTS{${NAMESPACE},alertstate="firing",severity=~"critical|warning"}`;

export interface DashboardOptions {
  readonly ref: DashboardRef;
  readonly title: string;
  readonly description: string;
  /** What people choose on it beside the environment. @default - nothing */
  readonly chooses?: 'services' | 'pod';
  /** What is seen at once: it fits a screen. */
  readonly panels: readonly Builder<Panel>[];
  /** What opens with a click, below. @default - nothing */
  readonly more?: readonly Builder<Panel>[];
  /** Links beside those that every page has. */
  readonly links?: readonly DataLink[];
}

/** A page with the platform's variables, annotations and links. */
export function dashboard(context: MonitoringContext, options: DashboardOptions): Dashboard {
  const { project } = context;
  const builder = new DashboardBuilder(options.title)
    .uid(dashboardUid(options.ref, context.project))
    .description(options.description)
    .tags([project.name])
    .timezone('browser')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .withVariable(environmentVariable(context, options.chooses === 'pod' ? RUNNING : METRICS.info))
    .annotation(deployments())
    .annotation(alerts())
    .link(
      shown(
        new DashboardLinkBuilder('Pages')
          .type(DashboardLinkType.Dashboards)
          .tags([project.name])
          .asDropdown(true)
          .includeVars(true)
          .keepTime(true),
      ),
    );
  for (const { title, url } of [...(options.links ?? []), ...pageLinks(project)]) {
    builder.link(shown(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon('external link').url(url)));
  }
  if (options.chooses === 'services') builder.withVariable(serviceVariable());
  if (options.chooses === 'pod') builder.withVariable(podVariable());
  for (const panel of options.panels) builder.withPanel(panel);
  if (options.more !== undefined && options.more.length > 0) builder.withRow(collapsed('More', options.more));
  return builder.build();
}

/** At the top of the page: the SDK's default hides links in a menu. */
function shown(builder: DashboardLinkBuilder): Builder<DashboardLink> {
  const { placement: _, ...link } = builder.build();
  return { build: () => link };
}

function collapsed(title: string, panels: readonly Builder<Panel>[]): RowBuilder {
  const row = new RowBuilder(title).collapsed(true);
  for (const panel of panels) row.withPanel(panel);
  return row;
}

/** Every container of every namespace that is watched. */
const RUNNING = 'kube_pod_container_status_running';

function environmentVariable(context: MonitoringContext, metric: string): QueryVariableBuilder {
  return new QueryVariableBuilder('namespace')
    .label('Environment')
    .datasource(DATASOURCE)
    .query(`label_values(${metric}, namespace)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .current({ text: context.namespace, value: context.namespace });
}

function serviceVariable(): QueryVariableBuilder {
  return new QueryVariableBuilder('service')
    .label('Service')
    .datasource(DATASOURCE)
    .query(`label_values(${METRICS.info}{${NAMESPACE}}, service)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' });
}

function podVariable(): QueryVariableBuilder {
  return new QueryVariableBuilder('pod')
    .label('Pod')
    .datasource(DATASOURCE)
    .query(`label_values(${RUNNING}{${NAMESPACE}}, pod)`)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

/** A mark where a version appears that was not there five minutes before. */
function deployments(): AnnotationQueryBuilder {
  const versions = (offset: string) => `sum by (service, version) (${METRICS.info}{${NAMESPACE}}${offset})`;
  return new AnnotationQueryBuilder()
    .name('Deployments')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('blue')
    .expr(`${versions('')} unless ${versions(' offset 5m')}`)
    .titleFormat('{{service}} {{version}}')
    .step('60s');
}

function alerts(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('red')
    .expr(FIRING)
    .titleFormat('{{alertname}} {{service}}')
    .step('60s');
}
