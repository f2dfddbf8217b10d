import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { CACHE } from './machine.ts';

const FILE = join(CACHE, 'report.jsonl');

/** What one test of the cluster did and what became of it. */
export interface Row {
  readonly test: string;
  readonly seconds: number;
  /** Requests that were sent; 0 where a test sends none of its own. */
  readonly requests?: number;
  /** Requests without an answer, or with another than promised; 503 is an answer where the store is away. */
  readonly failed?: number;
  readonly refused?: number;
  readonly acknowledged?: number;
  readonly lost?: number;
  /** What else was measured. */
  readonly note?: string;
}

export function record(row: Row): void {
  appendFileSync(FILE, `${JSON.stringify(row)}\n`);
}

export function forget(): void {
  rmSync(FILE, { force: true });
}

export function rows(): Row[] {
  if (!existsSync(FILE)) return [];
  const lines = readFileSync(FILE, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

const COLUMNS = ['test', 'seconds', 'requests', 'failed', 'refused', 'acknowledged', 'lost', 'note'] as const;

export function table(of: readonly Row[]): string {
  const shown = new Table({ head: [...COLUMNS], style: { head: [], border: [] } });
  for (const row of of) shown.push(COLUMNS.map((column) => textOf(row[column])));
  return shown.toString();
}

function textOf(value: string | number | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
