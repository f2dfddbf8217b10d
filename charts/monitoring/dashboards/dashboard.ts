import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  QueryVariableBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { METRICS } from '../../../app/contract.ts';
import type { DashboardRef } from '../../plan/alert.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { dashboardUid } from '../links.ts';

/** The environment that is looked at: its namespace, as every series carries it. */
export const NAMESPACE = 'namespace="$namespace"';
/** The services that are looked at. */
export const SERVICE = `${NAMESPACE},service=~"$service"`;

export interface DashboardOptions {
  readonly ref: DashboardRef;
  readonly title: string;
  readonly description: string;
  /** Whether people choose services on it. */
  readonly choosesService: boolean;
  readonly panels: readonly Builder<Panel>[];
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
    .withVariable(environmentVariable(context))
    .annotation(deployments())
    .annotation(alerts())
    .link(
      new DashboardLinkBuilder(project.name)
        .type(DashboardLinkType.Dashboards)
        .tags([project.name])
        .includeVars(true)
        .keepTime(true),
    );
  if (options.choosesService) builder.withVariable(serviceVariable());
  for (const panel of options.panels) builder.withPanel(panel);
  return builder.build();
}

function environmentVariable(context: MonitoringContext): QueryVariableBuilder {
  return new QueryVariableBuilder('namespace')
    .label('Environment')
    .datasource(DATASOURCE)
    .query(`label_values(${METRICS.info}, namespace)`)
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
    .expr(`ALERTS{${NAMESPACE},alertstate="firing",severity=~"critical|warning"}`)
    .titleFormat('{{alertname}} {{service}}')
    .step('60s');
}

/** The Prometheus that every panel asks: provisioned under this id in our own Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: 'prometheus' } as const;
