import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  type DynamicConfigValue,
  MappingType,
  SpecialValueMatch,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { DataLink } from '../links.ts';

/** The Prometheus that every panel asks: provisioned under this id in our own Grafana. */
export const DATASOURCE = { type: 'prometheus', uid: 'prometheus' } as const;

export type Unit = 'reqps' | 'ops' | 's' | 'percent' | 'percentunit' | 'short' | 'bytes' | 'none' | 'Bps';

/** Where a value turns amber and red: from these on upwards, or below them where little is bad. */
export interface Limits {
  /** @default - it turns red at once */
  readonly amber?: number;
  readonly red: number;
  readonly lowIsBad?: boolean;
}

interface PanelText {
  /** What it shows and what a percentage is a percentage of: the text behind the (i). */
  readonly description: string;
}

interface ValueOptions {
  /** @default - no colours: a quantity that is neither good nor bad */
  readonly limits?: Limits | undefined;
  readonly decimals?: number;
  /** What stands, without a colour, where there is no value. @default 'No data' */
  readonly quiet?: string;
}

/** What stands where a ratio or a percentile has nothing to be made of. */
export const NO_TRAFFIC = 'No traffic';

/** One large number, a sixth of the page wide: the value of now, because a value of an hour ago would colour a night that is quiet. */
export function figure(
  title: string,
  unit: Unit,
  { expr, ...options }: PanelText & ValueOptions & { readonly expr: string },
): StatBuilder {
  const panel = new StatBuilder()
    .title(title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(unit)
    .span(4)
    .height(3)
    .graphMode(BigValueGraphMode.None)
    .colorMode(options.limits === undefined ? BigValueColorMode.None : BigValueColorMode.Value)
    .mappings([quietly(options.quiet)])
    .thresholds(thresholds(options.limits))
    .targets([target(expr, 0, { instant: true })]);
  return options.decimals === undefined ? panel : panel.decimals(options.decimals);
}

export interface GraphOptions extends PanelText, ValueOptions {
  /** Queries by Grafana's legend: `{ '{{service}}': 'sum by (service) (...)' }`. */
  readonly lines: Readonly<Record<string, string>>;
  /** @default - fits the data */
  readonly max?: number;
  /** Whether values below zero mean something: an overspent budget. @default - false, the axis starts at zero */
  readonly belowZero?: boolean;
  /** Where a click on a line leads. @default - nowhere */
  readonly opens?: DataLink;
}

/** Lines over time, a third of the page wide. */
export function graph(title: string, unit: Unit, options: GraphOptions): TimeSeriesBuilder {
  const panel = new TimeSeriesBuilder()
    .title(title)
    .description(options.description)
    .datasource(DATASOURCE)
    .unit(unit)
    .noValue(options.quiet ?? 'No data')
    .span(8)
    .height(6)
    .lineWidth(2)
    .fillOpacity(8)
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .thresholds(thresholds(options.limits))
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        options.limits === undefined ? GraphThresholdsStyleMode.Off : GraphThresholdsStyleMode.Dashed,
      ),
    )
    .targets(Object.entries(options.lines).map(([legend, expr], index) => target(expr, index, { legend })));
  if (options.belowZero !== true) panel.min(0);
  const { opens } = options;
  if (opens !== undefined) panel.dataLinks([new DashboardLinkBuilder(opens.title).url(opens.url)]);
  return options.max === undefined ? panel : panel.max(options.max);
}

/** A column: a label of the series, or the value of a query. */
export type Column = ValueOptions & {
  readonly title: string;
  readonly unit?: Unit;
  readonly expr?: string;
  /** @default - the value of `expr` */
  readonly label?: string;
  readonly opens?: DataLink;
  readonly colors?: Readonly<Record<string, string>>;
};

/** The values of now, a row for each set of labels; half of the page wide. Columns without a query show labels of the others. */
export function table(
  title: string,
  options: PanelText & { readonly empty: string; readonly columns: readonly Column[] },
): TableBuilder {
  const queries = options.columns.flatMap(({ expr }) => expr ?? []);
  const nameOf = ({ label, expr = '' }: Column) =>
    label ?? (queries.length === 1 ? 'Value' : `Value #${refId(queries.indexOf(expr))}`);
  const names = options.columns.map(nameOf);
  const panel = new TableBuilder()
    .title(title)
    .description(options.description)
    .datasource(DATASOURCE)
    .span(12)
    .height(6)
    .noValue(options.empty)
    .targets(queries.map((expr, index) => target(expr, index, { instant: true, format: 'table' })))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    .withTransformation({
      id: 'organize',
      options: { indexByName: Object.fromEntries(names.map((name, at) => [name, at])) },
    });
  for (const column of options.columns) panel.overrideByName(nameOf(column), columnProperties(column));
  return panel;
}

function columnProperties({ title, unit, decimals, limits, quiet, opens, colors }: Column): DynamicConfigValue[] {
  const texts = Object.entries(colors ?? {}).map(([text, color], index) => [text, { color, index }]);
  const properties = {
    displayName: title,
    unit,
    decimals,
    mappings:
      colors === undefined ? [quietly(quiet)] : [{ type: MappingType.ValueToText, options: Object.fromEntries(texts) }],
    thresholds: limits === undefined ? undefined : thresholds(limits).build(),
    'custom.cellOptions': limits === undefined && colors === undefined ? undefined : { type: 'color-text' },
    links: opens === undefined ? undefined : [opens],
  };
  return Object.entries(properties).flatMap(([id, value]) => (value === undefined ? [] : [{ id, value }]));
}

/** Neither green nor amber nor red where there is no value: without it Grafana takes the colour of the lowest step. */
function quietly(text = 'No data'): ValueMapping {
  return {
    type: MappingType.SpecialValue,
    options: { match: SpecialValueMatch.NullAndNan, result: { text, color: 'text', index: 0 } },
  };
}

function refId(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

interface TargetOptions {
  readonly legend?: string;
  readonly instant?: boolean;
  readonly format?: 'table';
}

/** Plain data: the SDK's builder for these fields would load its whole next schema of dashboards too, 40 ms of every synthesis. */
function target(
  expr: string,
  index: number,
  { legend = '', instant = false, format }: TargetOptions,
): Builder<Dataquery> {
  const query = {
    expr,
    refId: refId(index),
    datasource: DATASOURCE,
    legendFormat: legend,
    range: !instant,
    instant,
    ...(format === undefined ? {} : { format }),
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
  const { amber, red, lowIsBad = false } = limits;
  if (lowIsBad) {
    return [
      { value: null, color: 'red' },
      ...(amber === undefined ? [] : [{ value: red, color: 'orange' }]),
      { value: amber ?? red, color: 'green' },
    ];
  }
  return [
    { value: null, color: 'green' },
    ...(amber === undefined ? [] : [{ value: amber, color: 'orange' }]),
    { value: red, color: 'red' },
  ];
}
