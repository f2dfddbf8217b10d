import Table from 'cli-table3';
import type { Reach, Reachability } from './reachability.ts';

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
