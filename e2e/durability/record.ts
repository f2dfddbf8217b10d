import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../../root.ts';
import type { Figures } from './load.ts';

/** One line of one run. */
export interface Measured extends Figures {
  readonly line: string;
  /** Where the line stands in the matrix. */
  readonly place: number;
}

/** Runs come in slices: what each measured is kept here until `--fresh` begins anew. */
const KEPT = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quotes-platform/durability.jsonl');
const PAGE = join(ROOT, 'docs/durability.md');

const INTRODUCTION = `# Nothing that was acknowledged is lost

Written by \`npm run test:durability -- --full\` (e2e/durability/): three servers and three Sentinels as \`dist/production.k8s.yaml\`
starts them, and the quotes service as the image runs it, each in a network namespace of its own, each server with a volume of its own.
Two writers with 64 requests each under way remember every 201, read each quote back at once, and ask for all of them at the end.
The promise asks for five runs of each line with 10,000 acknowledged writes or more; the columns say how many are recorded here (lines below 10,000: a run with \`--only\`).

Volumes are ext4 on a loop device. A power cut is the file system's own shutdown without a flush (\`EXT4_IOC_SHUTDOWN\`): the kernel's
unsynced pages are gone; a disk that forgets what it confirmed is not part of it. A stall is \`fsfreeze\`. A cut link loses packets in
silence, in both directions, for 12 s. Why so: [decisions.md](decisions.md#the-promise-is-tested-in-namespaces-of-the-kernel-and-a-power-cut-is-the-file-systems-own).

Times are the longest of all runs. They are those of one machine with two processors, busy
with other work, on which everything ran: only the zeros are a promise. "503" counts the writes that were refused so, in all runs.

| fault | runs | sent | acknowledged (least in a run) | lost | wrong 404 | longest without a write | longest without a read | 503 |
|---|---|---|---|---|---|---|---|---|
`;

export function printed({ line, place: _, ...figures }: Measured): string {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return `${line}: ${words.join(', ')}`;
}

/** Keeps what a line of the full matrix measured, and writes the page anew. */
export function keep(measured: Measured): void {
  mkdirSync(dirname(KEPT), { recursive: true });
  // One step: several slices may be running.
  appendFileSync(KEPT, `${JSON.stringify(measured)}\n`);
  writeFileSync(PAGE, page(kept()));
}

/** Forgets the runs of before: they measured something else. */
export function forget(): void {
  rmSync(KEPT, { force: true });
}

function kept(): Measured[] {
  const lines = readFileSync(KEPT, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Measured);
}

function page(all: readonly Measured[]): string {
  const places = [...new Set(all.map(({ place }) => place))].sort((a, b) => a - b);
  return INTRODUCTION + places.map((place) => row(all.filter((measured) => measured.place === place))).join('');
}

function row(runs: readonly Measured[]): string {
  const values = (name: keyof Figures) => runs.map((run) => run[name]);
  const sum = (name: keyof Figures) => values(name).reduce((total, value) => total + value, 0);
  const seconds = (name: keyof Figures) => `${(Math.max(...values(name)) / 1_000).toFixed(1)} s`;
  const acknowledged = `${sum('acknowledged')} (${Math.min(...values('acknowledged'))})`;
  const cells = [
    runs[0]?.line.replaceAll('|', '\\|'),
    runs.length,
    sum('sent'),
    acknowledged,
    sum('lost'),
    sum('wrong404'),
    seconds('longestWithoutWriteMs'),
    seconds('longestWithoutReadMs'),
    sum('refused503'),
  ];
  return `| ${cells.join(' | ')} |\n`;
}
