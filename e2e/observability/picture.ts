import { writeFileSync } from 'node:fs';
import { launchChromium } from '../chromium.ts';

/** A panel of a dashboard as Grafana reads it, as far as a picture needs it. */
export interface PicturedPanel {
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: {
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
    readonly defaults: {
      readonly unit: string;
      readonly max?: number;
      readonly noValue?: string;
      readonly thresholds: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
  };
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** A line: what Prometheus answered for one series. */
export interface Line {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

export interface PictureOptions {
  readonly title: string;
  readonly panels: readonly PicturedPanel[];
  /** The series of a query over the time that is shown. */
  readonly range: (expr: string) => Promise<readonly Line[]>;
  readonly chromium: string;
  readonly file: string;
}

const COLORS = ['#3274d9', '#e0752d', '#508642', '#a352cc', '#c4162a', '#0a9396', '#b58900', '#6c757d'];
const CELL = { width: 52, height: 30 };

/** Draws a dashboard with the data it would show: for judging it without a Grafana. */
export async function drawDashboard(options: PictureOptions): Promise<void> {
  const drawn = await Promise.all(options.panels.map((panel) => drawPanel(panel, options)));
  const bottom = Math.max(...options.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const html = `<body style="margin:16px;font:14px sans-serif;background:#f4f5f5"><h1 style="font-size:20px">${options.title}</h1>
    <div style="position:relative;width:${24 * CELL.width}px;height:${bottom * CELL.height}px">${drawn.join('')}</div></body>`;
  const browser = await launchChromium(options.chromium);
  try {
    const page = await browser.newPage({ viewport: { width: 24 * CELL.width + 32, height: 900 } });
    await page.setContent(html);
    writeFileSync(options.file, await page.screenshot({ fullPage: true }));
  } finally {
    await browser.close();
  }
}

async function drawPanel(panel: PicturedPanel, { range }: PictureOptions): Promise<string> {
  const { x, y, w, h } = panel.gridPos;
  const size = { width: w * CELL.width - 8, height: h * CELL.height - 8 };
  const answers = await Promise.all(panel.targets.map(async (target) => ({ target, lines: await range(target.expr) })));
  const lines = answers.flatMap(({ target, lines: found }) =>
    found.map((line) => ({ legend: legendOf(target.legendFormat, line), points: pointsOf(line) })),
  );
  const body =
    panel.type === 'stat'
      ? figureOf(panel, lines[0]?.points.at(-1)?.[1])
      : panel.type === 'table'
        ? tableOf(
            panel,
            answers.map((answer) => answer.lines),
          )
        : graphOf(panel, lines, size);
  return `<div title="${panel.description}" style="position:absolute;left:${x * CELL.width}px;top:${y * CELL.height}px;width:${size.width}px;height:${size.height}px;background:#fff;border:1px solid #d8d9da;box-sizing:border-box;padding:6px 10px;overflow:hidden"><b>${panel.title}</b>${body}</div>`;
}

interface Drawn {
  readonly legend: string;
  readonly points: readonly (readonly [number, number])[];
}

function pointsOf({ values }: Line): [number, number][] {
  return values.map(([at, text]): [number, number] => [at, Number(text)]).filter(([, value]) => !Number.isNaN(value));
}

function legendOf(format: string, { metric }: Line): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? '');
}

function figureOf(panel: PicturedPanel, value: number | undefined): string {
  const { unit, thresholds } = panel.fieldConfig.defaults;
  const step = thresholds.steps.filter(({ value: from }) => from === null || (value ?? 0) >= from).at(-1);
  const color = { green: '#508642', orange: '#e0752d', red: '#c4162a' }[step?.color ?? ''] ?? '#1f60c4';
  return `<div style="font-size:34px;text-align:center;padding-top:14px;color:${color}">${textOf(value, unit)}</div>`;
}

/** A row for each set of labels, the values of now behind them, with the names and units of their columns. */
function tableOf({ fieldConfig }: PicturedPanel, queries: readonly (readonly Line[])[]): string {
  const columns = queries.map((_, index) => columnOf(fieldConfig, `Value #${String.fromCharCode(65 + index)}`));
  const rows = new Map<string, string[]>();
  let labelNames: string[] = [];
  for (const [index, lines] of queries.entries()) {
    for (const { metric, values } of lines) {
      const { __name__: _, namespace: __, environment: ___, ...labels } = metric;
      labelNames = Object.keys(labels).map((name) => columnOf(fieldConfig, name).name ?? name);
      const key = Object.values(labels).join('</td><td>');
      rows.set(key, [...(rows.get(key) ?? []), textOf(Number(values.at(-1)?.[1]), columns[index]?.unit ?? '')]);
    }
  }
  if (rows.size === 0) return `<p style="text-align:center">${fieldConfig.defaults.noValue ?? ''}</p>`;
  const head = [...labelNames, ...columns.map(({ name }) => name ?? '')].map((name) => `<th>${name}</th>`);
  const body = [...rows].map(([key, values]) => `<tr><td>${key}</td><td>${values.join('</td><td>')}</td></tr>`);
  return `<table style="width:100%;font-size:13px;text-align:left"><tr>${head.join('')}</tr>${body.join('')}</table>`;
}

function columnOf({ overrides }: PicturedPanel['fieldConfig'], field: string): { name?: string; unit?: string } {
  const properties = overrides.find(({ matcher }) => matcher.options === field)?.properties ?? [];
  const property = (id: string) => properties.find((one) => one.id === id)?.value;
  const [name, unit] = [property('displayName'), property('unit')];
  return { ...(typeof name === 'string' && { name }), ...(typeof unit === 'string' && { unit }) };
}

function graphOf(panel: PicturedPanel, lines: readonly Drawn[], size: { width: number; height: number }): string {
  const { unit, max } = panel.fieldConfig.defaults;
  const all = lines.flatMap(({ points }) => points);
  const [from, to] = [Math.min(...all.map(([at]) => at)), Math.max(...all.map(([at]) => at))];
  const top = max ?? (Math.max(...all.map(([, value]) => value)) * 1.1 || 1);
  const chart = { width: size.width - 90, height: size.height - 70 };
  const place = ([at, value]: readonly [number, number]) =>
    `${(((at - from) / Math.max(to - from, 1)) * chart.width).toFixed(1)},${(chart.height - (Math.min(value, top) / top) * chart.height).toFixed(1)}`;
  const paths = lines.map(
    ({ points }, index) =>
      `<polyline fill="none" stroke-width="2" stroke="${COLORS[index % COLORS.length]}" points="${points.map(place).join(' ')}"/>`,
  );
  const legend = lines.map(
    ({ legend: text }, index) => `<span style="color:${COLORS[index % COLORS.length]}">&#9644;</span> ${text} &nbsp;`,
  );
  return `<div style="display:flex;margin-top:6px"><div style="width:66px;display:flex;flex-direction:column;justify-content:space-between;text-align:right;padding-right:6px;font-size:12px"><span>${textOf(top, unit)}</span><span>${textOf(top / 2, unit)}</span><span>0</span></div><svg width="${chart.width}" height="${chart.height}" style="background:#fafafa;border-left:1px solid #aaa;border-bottom:1px solid #aaa">${paths.join('')}</svg></div><div style="font-size:12px;padding:4px 0 0 70px">${legend.join('')}</div>`;
}

/** A value with its unit, as Grafana would write it. */
function textOf(value: number | undefined, unit: string): string {
  if (value === undefined) return 'No data';
  if (unit === 'percentunit') return `${(value * 100).toFixed(1)} %`;
  if (unit === 'percent') return `${value.toFixed(1)} %`;
  if (unit === 's') return value < 1 ? `${(value * 1_000).toFixed(1)} ms` : `${value.toFixed(1)} s`;
  if (unit === 'reqps') return `${value.toFixed(1)} req/s`;
  if (unit === 'ops') return `${value.toFixed(0)} ops/s`;
  return value.toFixed(value % 1 === 0 ? 0 : 2);
}
