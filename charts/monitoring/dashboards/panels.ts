import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { type Threshold, ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { DATASOURCE } from './dashboard.ts';

export interface Query {
  readonly expr: string;
  /** Grafana's legend: `{{service}}`. */
  readonly legend: string;
}

/** Units as Grafana names them. */
export type Unit = 'reqps' | 'ops' | 's' | 'percent' | 'percentunit' | 'short' | 'bytes' | 'none' | 'Bps';

/** Where a value turns amber and red; whether high or low is bad follows from their order. */
export interface Limits {
  readonly amber: number;
  readonly red: number;
}

export interface PanelOptions {
  readonly title: string;
  /** What it shows and what a percentage is a percentage of: the text behind the (i). */
  readonly description: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** @default - no colours: a quantity that is neither good nor bad */
  readonly limits?: Limits;
  /** @default - fits the data */
  readonly max?: number;
  readonly decimals?: number;
  /** Whether values below zero mean something: an overspent budget. @default - false, the axis starts at zero */
  readonly belowZero?: boolean;
}

/** One large number, a sixth of the page wide. */
export function figure(options: PanelOptions): StatBuilder {
  const panel = new StatBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .span(4)
    .height(4)
    .graphMode(BigValueGraphMode.Area)
    .colorMode(options.limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .thresholds(thresholds(options.limits))
    .targets(options.queries.map(target));
  return options.decimals === undefined ? panel : panel.decimals(options.decimals);
}

/** Lines over time, half of the page wide. */
export function graph(options: PanelOptions): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(options.unit)
    .span(12)
    .height(8)
    .lineWidth(2)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .thresholds(thresholds(options.limits))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        options.limits === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    )
    .targets(options.queries.map(target));
  if (options.belowZero !== true) panel.min(0);
  return options.max === undefined ? panel : panel.max(options.max);
}

/** Plain data: the SDK's builder for these six fields would load its whole next schema of dashboards too, 40 ms of every synthesis. */
function target({ expr, legend }: Query, index: number): Builder<Dataquery> {
  const query = {
    expr,
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    legendFormat: legend,
    range: true,
    instant: false,
    // The SDK's mark of a query's type; JSON has no functions.
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => query };
}

function thresholds(limits: Limits | undefined): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(limits));
}

function steps(limits: Limits | undefined): Threshold[] {
  if (limits === undefined) return [{ value: null, color: 'blue' }];
  const { amber, red } = limits;
  return red > amber
    ? [
        { value: null, color: 'green' },
        { value: amber, color: 'orange' },
        { value: red, color: 'red' },
      ]
    : [
        { value: null, color: 'red' },
        { value: red, color: 'orange' },
        { value: amber, color: 'green' },
      ];
}
