import type { RateStanding } from './fixed-rate.ts';
import type { Footprint } from './footprint.ts';
import type { Rounds, Standing } from './full-load.ts';
import type { TlsCost } from './internal-tls.ts';
import { machine, today } from './lab/machine.ts';
import type { Million } from './million.ts';
import type { Profile } from './profile.ts';
import type { PromiseCost } from './promise.ts';

/** A Markdown table; the first column is text, the others figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? ':--' : '--:'))), ...rows.map(line)].join('\n');
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const places = (value: number, digits: number) => value.toFixed(digits);
/** Ratios between things that differ a hundredfold need no decimals. */
const ratio = (value: number) => `${value >= 100 ? whole(value) : places(value, 2)} x`;

const rate = (value: number) => (value < 100 ? places(value, 1) : whole(value));

const FULL_LOAD_HEAD = ['', 'requests/s', 'per CPU second', 'ours against it', 'P50 ms', 'P99 ms', 'errors'];

/** Full load: `ours against it` is how many times more requests the first row answers for a second of CPU. */
export function fullLoadTable(title: string, standings: readonly Standing[]): string {
  const first = standings[0]?.perCpuSecond ?? Number.NaN;
  const rows = standings.map(({ label, perSecond, perCpuSecond, p50Ms, p99Ms, errors }) => [
    label,
    rate(perSecond),
    rate(perCpuSecond),
    ratio(first / perCpuSecond),
    places(p50Ms, 2),
    places(p99Ms, 2),
    String(errors),
  ]);
  return `### ${title}\n\n${table(FULL_LOAD_HEAD, rows)}`;
}

export function rateTable(standings: readonly RateStanding[]): string {
  const ours = standings[0]?.cores ?? Number.NaN;
  const rows = standings.map(({ label, cores, p95Ms, bestP99Ms, failed }) => [
    label,
    places(cores, 2),
    ratio(ours / cores),
    places(p95Ms, 1),
    places(bestP99Ms, 1),
    String(failed),
  ]);
  const head = ['', 'cores', 'ours as a share of it', 'P95 ms', 'P99 ms, best round', 'failed'];
  return `### reads of one quote at a fixed rate of 1,000 a second, latency from the intended send time\n\n${table(head, rows)}`;
}

export function profileText({ title, tree, bytesPerRequest, microsecondsPerRequest }: Profile): string {
  const facts = `${whole(bytesPerRequest)} bytes of garbage and ${places(microsecondsPerRequest, 1)} us of CPU a request, the profiler's included.`;
  const head = 'Share of the busy time with what is called, and alone:';
  return `### profile: ${title}\n\n${facts} ${head}\n\n\`\`\`text\n${tree.join('\n')}\n\`\`\``;
}

export function promiseTable(costs: readonly PromiseCost[]): string {
  const rows = costs.map(({ service, request, cores, p95Ms, failed }) => [
    `${service}: ${request}`,
    places(cores, 2),
    places(p95Ms, 1),
    String(failed),
  ]);
  return `### each service at the promised 1,000 requests a second\n\n${table(['', 'cores', 'P95 ms', 'failed'], rows)}`;
}

export function internalTlsTable(costs: readonly TlsCost[]): string {
  const plain = costs[0]?.perCpuSecond ?? Number.NaN;
  const rows = costs.map(({ label, perSecond, perCpuSecond }) => [
    label,
    whole(perSecond),
    whole(perCpuSecond),
    whole(1e6 / perCpuSecond),
    ratio(plain / perCpuSecond),
  ]);
  const head = ['', 'requests/s', 'per CPU second', 'µs of CPU a request', 'CPU against plain text'];
  return `### TLS inside, and posted log lines: reads of one quote, the service’s own CPU\n\n${table(head, rows)}`;
}

export function footprintTable(footprints: readonly Footprint[]): string {
  const rows = footprints.map(({ label, readyMs, idleMiB, ownMiB, loadedMiB }) => [
    label,
    whole(readyMs),
    places(idleMiB, 1),
    places(ownMiB, 1),
    whole(loadedMiB),
  ]);
  const about =
    'By the image’s Node; ours with the image’s compiled code and options. “Its own” is without mapped files, such as Node’s program: pods of a node share these.';
  const head = ['', 'ready ms', 'idle MiB', 'its own MiB', 'under load MiB'];
  return `### start and memory, warm disk\n\n${about}\n\n${table(head, rows)}`;
}

export function millionTable(result: Million): string {
  const rows = [
    ['pages of 50 a second, from the start', whole(result.firstPages)],
    ['pages of 50 a second, from the end', whole(result.lastPages)],
    ['search: start of the process to a complete index, ms', whole(result.searchReadyMs)],
    ['search: resident memory, the most while building, MiB', whole(result.searchPeakMiB)],
    ['search: resident memory after the load, MiB', whole(result.searchMiB)],
    ['search: queries a second at full load', whole(result.searchesPerSecond)],
    ['search: P99 at 100 queries a second, as the client sees it, ms', places(result.searchP99Ms, 2)],
    ['the query itself, in process: median, ms', places(result.query.p50Ms, 2)],
    ['the query itself: P99, ms', places(result.query.p99Ms, 2)],
    ['the query itself: slowest of 10,000, ms', places(result.query.maxMs, 2)],
    ['the index alone: build, s', places(result.query.buildSeconds, 1)],
    ['the index alone: longest step of the build, ms', places(result.query.longestStepMs, 0)],
  ];
  return `### a million quotes\n\n${table(['', 'figure'], rows)}`;
}

/** The record with the tables of one part of the benchmark, in place of their older ones; together they say when and on what. */
export function withPart(record: string, sections: readonly string[], { rounds, seconds }: Rounds): string {
  const [head = '', ...tables] = record.trimEnd().split(/\n\n(?=### )/);
  const when = `Of one run on ${today()}: ${machine()}, ${rounds} rounds of ${seconds} s.`;
  const titleOf = (table: string) => table.slice(0, table.indexOf('\n'));
  const fresh = sections.map((table) => table.replace('\n', `\n\n${when}\n`));
  const titles = fresh.map(titleOf);
  const old = tables.filter((table) => !titles.includes(titleOf(table)));
  return `${[head, ...fresh, ...old].join('\n\n')}\n`;
}

/** The record of a whole run. */
export function report(sections: readonly string[], { rounds, seconds }: Rounds): string {
  return `# Benchmarks

Written by \`npm run bench\` on ${today()}: ${machine()}. The server has one core to itself, the load (wrk, 50 connections) and Redis
share the other. Medians of ${rounds} interleaved rounds of ${seconds} s; ratios carry over to other machines, absolute figures do not.
"Per CPU second" is requests done / CPU seconds of the server's processes in the run, and "ours against it" compares that: it holds
when others use the machine too, and agrees with requests/s when the server has its core to itself and is busy.
Redis runs with \`appendfsync always\`. The peers are in bench/peers/.

${sections.join('\n\n')}
`;
}
