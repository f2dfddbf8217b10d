import Table from 'cli-table3';
import { groupBy, type Platform } from '../platform.ts';
import { declaredEdges, portsOf } from './edges.ts';
import { networkOf, type Outsider, outsidersOf } from './network.ts';
import type { Endpoint, PodEndpoint, TransportPort } from './policy.ts';

/** Who reaches whom on which port, for one environment, or for one namespace where nobody declares any. */
export interface Reachability {
  readonly title: string;
  /** Sources, in the order of rows. */
  readonly from: readonly string[];
  /** Destinations, in the order of columns. */
  readonly to: readonly string[];
  /** Ports by row and column; empty where nothing is let through. */
  readonly cells: readonly (readonly (readonly Reach[])[])[];
}

export interface Reach {
  /** `5000`, `53/UDP`, or `all` where no policy restricts the port. */
  readonly port: string;
  /** Whether the manifests say that somebody calls it. */
  readonly declared: boolean;
}

/** A port that no pod has: who may reach it may reach all. */
const ANY_OTHER: TransportPort = { protocol: 'TCP', number: 1 };

/** The matrices of everything given, one for each environment. */
export function reachability(platform: Platform): readonly Reachability[] {
  const titleOf = ({ namespace }: PodEndpoint) => platform.environmentOf(namespace)?.name ?? namespace;
  return [...groupBy(networkOf(platform).pods, titleOf)].map(([title, pods]) => matrix(platform, title, pods));
}

/** Others' pods and addresses are of interest only where they touch the given ones. */
function matrix(platform: Platform, title: string, pods: readonly PodEndpoint[]): Reachability {
  const edges = declaredEdges(platform);
  const declared = new Set(
    edges.flatMap(({ from, to, ports }) => ports.map(({ number }) => `${from.name} ${to.name} ${number}`)),
  );
  const ends: readonly Outsider[] = [
    ...pods.map((endpoint) => ({ endpoint, ports: portsOf(endpoint) })),
    ...outsidersOf(platform, pods),
  ];
  const cells = ends.map(({ endpoint: from }) => ends.map((to) => reach(platform, from, to, declared)));
  const all = [...ends.keys()];
  const rows = all.filter((row) => row < pods.length || cells[row]?.some((cell) => cell.length > 0));
  const columns = all.filter((column) => column < pods.length || rows.some((row) => cells[row]?.[column]?.length));
  const nameOf = (index: number): string => shortName(ends[index]?.endpoint.name ?? '', pods);
  return {
    title,
    from: rows.map(nameOf),
    to: columns.map(nameOf),
    cells: rows.map((row) => columns.map((column) => cells[row]?.[column] ?? [])),
  };
}

function reach(
  platform: Platform,
  from: Endpoint,
  { endpoint: to, ports }: Outsider,
  declared: ReadonlySet<string>,
): readonly Reach[] {
  const network = networkOf(platform);
  const isGiven = (endpoint: Endpoint): boolean => endpoint.kind === 'pod' && endpoint.workload !== undefined;
  if (!isGiven(from) && !isGiven(to)) return [];
  if (network.allows(from, to, ANY_OTHER)) return [{ port: 'all', declared: false }];
  const open = ports.filter((port) => network.allows(from, to, port));
  return open.map(({ number, protocol }) => ({
    port: protocol === 'TCP' ? String(number) : `${number}/${protocol}`,
    // What comes from outside, and what goes there, is declared by the policy that names it.
    declared: from === to || !isGiven(from) || !isGiven(to) || declared.has(`${from.name} ${to.name} ${number}`),
  }));
}

/** The name without its namespace for the pods of the first one: that of the services. */
function shortName(name: string, [first]: readonly PodEndpoint[]): string {
  return first && name.startsWith(`${first.namespace}/`) ? name.slice(first.namespace.length + 1) : name;
}

const LEGEND =
  'A row reaches a column on the ports in the cell; all: no policy stands between them; !: allowed, but no manifest says that it is called.';

/** Matrices for a terminal: columns are numbered as the rows are, so that a dozen workloads fit a screen. */
export function formatReachability(matrices: readonly Reachability[]): string {
  return `${matrices.map(asTable).join('\n')}\n${LEGEND}\n`;
}

function asTable({ title, from, to, cells }: Reachability): string {
  const names = [...new Set([...from, ...to])];
  const number = (name: string): string => String(names.indexOf(name) + 1);
  const table = new Table({
    head: ['', 'who reaches', ...to.map(number)],
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  for (const [row, name] of from.entries()) {
    table.push([number(name), name, ...(cells[row] ?? []).map((cell) => cell.map(formatReach).join('\n'))]);
  }
  const others = to.filter((name) => !from.includes(name)).map((name) => `${number(name)} ${name}`);
  return `${title}\n${table.toString()}${others.length > 0 ? `\n${others.join('\n')}` : ''}\n`;
}

/** Matrices for a page or a pull request. */
export function formatReachabilityMarkdown(matrices: readonly Reachability[]): string {
  const tables = matrices.map(({ title, from, to, cells }) => {
    const rows = from.map((name, row) => [
      `**${name}**`,
      ...(cells[row] ?? []).map((cell) => cell.map(formatReach).join(' ')),
    ]);
    const lines = [[`from \\ to`, ...to], ['---', ...to.map(() => '---')], ...rows];
    return `## ${title}\n\n${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n`;
  });
  return `${tables.join('\n')}\n${LEGEND}\n`;
}

function formatReach({ port, declared }: Reach): string {
  return declared || port === 'all' ? port : `${port}!`;
}
