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
import { when } from '../../constructs/lists.ts';
import type { DashboardRef } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { type DataLink, dashboardUid, pageLinks } from '../links.ts';
import { DATASOURCE } from './panels.ts';

/** The environment that is looked at: its namespace, as every series carries it. */
export const NAMESPACE = 'namespace="$namespace"';
export const SERVICE = `${NAMESPACE},service=~"$service"`;

export const POD = `${NAMESPACE},pod="$pod"`;

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
    .annotation(deployments())
    .annotation(annotation('Alerts', 'red', FIRING, '{{alertname}} {{service}}'))
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
  for (const { title, url } of [...(options.links ?? []), ...pageLinks(context)]) {
    builder.link(shown(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).icon('external link').url(url)));
  }
  for (const chosen of variablesOf(context, options.chooses)) builder.withVariable(chosen);
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

function variable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${query})`)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}

function variablesOf(context: MonitoringContext, chooses: DashboardOptions['chooses']): QueryVariableBuilder[] {
  const here = { text: context.namespace, value: context.namespace };
  const environment = (metric: string) => variable('namespace', 'Environment', `${metric}, namespace`).current(here);
  if (chooses === 'pod') return [environment(RUNNING), variable('pod', 'Pod', `${RUNNING}{${NAMESPACE}}, pod`)];
  const services = variable('service', 'Service', `${METRICS.info}{${NAMESPACE}}, service`)
    .multi(true)
    .includeAll(true)
    .current({ text: 'All', value: '$__all' });
  return [environment(METRICS.info), ...when(chooses === 'services', services)];
}

function annotation(name: string, iconColor: string, expr: string, titleFormat: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(iconColor)
    .expr(expr)
    .titleFormat(titleFormat)
    .step('60s');
}

/** A mark where a version appears that was not there five minutes before. */
function deployments(): AnnotationQueryBuilder {
  const versions = (offset: string) => `sum by (service, version) (${METRICS.info}{${NAMESPACE}}${offset})`;
  return annotation(
    'Deployments',
    'blue',
    `${versions('')} unless ${versions(' offset 5m')}`,
    '{{service}} {{version}}',
  );
}
