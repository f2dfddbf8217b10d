import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../../root.ts';
import type { Figures } from './load.ts';

/** One line of one run. */
interface Row {
  /** The last commit that changed what is under test. */
  readonly commit: string;
  readonly run: number;
  readonly line: string;
  /** Where the line stands in the matrix. */
  readonly place: number;
}

interface Measured extends Row, Figures {}

interface Unfinished extends Row {
  readonly acknowledged: number;
  /** What did not come within its bound: nobody asked for what was acknowledged. */
  readonly unfinished: string;
}

/** What is under test: a change of anything else leaves what was measured true. */
const UNDER_TEST = ['app/src', 'app/contract.ts', 'app/store-functions.lua', 'dist/production.k8s.yaml'];
/** Only ever appended to: runs come in slices, and an interrupted one goes on where it was. */
const KEPT = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quotes-platform/durability-runs.jsonl');
const PAGE = join(ROOT, 'docs/explanation/durability.md');

const INTRODUCTION = `# Nothing that was acknowledged is lost

Written by \`npm run test:durability -- --full --runs 5\` (e2e/durability/): three servers and three Sentinels as \`dist/production.k8s.yaml\`
starts them, and two pods of the quotes service as the image runs it, each in a network namespace of its own, each server with a volume of its own.
Writers with 128 requests under way, half of them at each pod, remember every 201, read each quote back at once from the other pod, and ask for all
of them at the end. A run has at least 10,000 acknowledged writes, and the promise asks for five runs of each line; the
second column says how many are recorded here.

Volumes are ext4 on a loop device. A power cut is the file system's own shutdown without a flush (\`EXT4_IOC_SHUTDOWN\`): the kernel's
unsynced pages are gone; a disk that forgets what it confirmed is not part of it. A stall is \`fsfreeze\`. A cut link loses packets in
silence, in both directions, for 12 s. "Half of the application" is one pod on each side. What is acknowledged between a backup and its
restore has to be in the store or in the snapshot of what was replaced. Why so:
[decisions.md](decisions.md#the-promise-is-tested-in-namespaces-of-the-kernel-and-a-power-cut-is-the-file-systems-own).

Times are the longest of all runs, in which no pod of the service acknowledged a write or answered a read. They are those of one machine
with two processors, busy with other work, on which everything ran: only the zeros are a promise. "503" counts the writes that were refused
so, "no answer" those without an answer or with another one, both in all runs.
`;

const HEADING = `
| fault | runs | acknowledged (least in a run) | lost | wrong 404 | longest without a write | longest without a read | 503 | no answer |
|---|---|---|---|---|---|---|---|---|
`;

export function commitUnderTest(): string {
  return execFileSync('git', ['log', '-1', '--format=%h', '--', ...UNDER_TEST], { cwd: ROOT, encoding: 'utf8' }).trim();
}

export function printed({ line, place: _, commit: __, ...figures }: Measured): string {
  const words = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  return `${line}: ${words.join(', ')}`;
}

/** Keeps what a line of the full matrix measured, and writes the page anew. */
export function keep(measured: Measured | Unfinished): void {
  mkdirSync(dirname(KEPT), { recursive: true });
  // One step: several slices may be running.
  appendFileSync(KEPT, `${JSON.stringify(measured)}\n`);
  writePage();
}

/** What is kept, whoever measured it. */
export function writePage(): void {
  writeFileSync(PAGE, page(kept()));
}

/** One that did not end is tried again. */
export function isKept(commit: string, run: number, line: string): boolean {
  return rows().some((row) => row.commit === commit && row.run === run && row.line === line && !('unfinished' in row));
}

function rows(): (Measured | Unfinished)[] {
  const lines = existsSync(KEPT) ? readFileSync(KEPT, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => JSON.parse(line) as Measured | Unfinished);
}

/** The newest of each line and run. */
function kept(): (Measured | Unfinished)[] {
  return [...new Map(rows().map((measured) => [`${measured.run} ${measured.line}`, measured])).values()];
}

function page(all: readonly (Measured | Unfinished)[]): string {
  const ended = all.filter((measured): measured is Measured => !('unfinished' in measured));
  const places = [...new Set(ended.map(({ place }) => place))].sort((a, b) => a - b);
  const rows = places.map((place) => row(ended.filter((measured) => measured.place === place)));
  const commits = [...new Set(all.map(({ commit }) => commit))].join(', ');
  const under = `\nThe application and dist/ were those of ${commits}.\n`;
  return INTRODUCTION + under + HEADING + rows.join('') + notEnded(all);
}

function row(runs: readonly Measured[]): string {
  const values = (name: keyof Figures) => runs.map((run) => run[name]);
  const sum = (name: keyof Figures) => values(name).reduce((total, value) => total + value, 0);
  const seconds = (name: keyof Figures) => `${(Math.max(...values(name)) / 1_000).toFixed(1)} s`;
  const cells = [
    escaped(runs[0]?.line ?? ''),
    runs.length,
    `${sum('acknowledged')} (${Math.min(...values('acknowledged'))})`,
    sum('lost'),
    sum('wrong404'),
    seconds('longestWithoutWriteMs'),
    seconds('longestWithoutReadMs'),
    sum('refused503'),
    sum('failed'),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

function notEnded(all: readonly (Measured | Unfinished)[]): string {
  const rows = all
    .filter((measured): measured is Unfinished => 'unfinished' in measured)
    .map(
      ({ line, run, unfinished, acknowledged }) =>
        `| ${escaped(line)} | ${run} | ${escaped(unfinished)} | ${acknowledged} |\n`,
    );
  if (rows.length === 0) return '';
  return `\nRuns that did not end within their bounds, and so count for nothing above:\n\n| fault | run | what did not come | acknowledged by then |\n|---|---|---|---|\n${rows.join('')}`;
}

const escaped = (text: string) => text.replaceAll('|', '\\|');
