import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Minor } from '../../guardrails/judge/locate.ts';
import type { Target } from './build.ts';

/** The release whose programs are known by checksum: the release step writes it, nobody by hand. */
export interface Checksums {
  /** The folder of the release's files, such as `https://github.com/OWNER/REPOSITORY/releases/download/v1.2.3`. */
  readonly from: string;
  readonly sums: ReadonlyMap<string, string>;
}

/** The platforms that a release has programs for. */
export const TARGETS: readonly Target[] = ['linux', 'darwin'].flatMap((os) =>
  ['amd64', 'arm64'].map((architecture) => ({ os, architecture })),
);

export function assetName(minor: Minor, { os, architecture }: Target): string {
  return `judge-${minor}-${os}-${architecture}`;
}

/** Reads `judge/checksums.txt`: `# from URL`, then lines as `sha256sum` writes them. Undefined while no release has been made. */
export function parseChecksums(text: string): Checksums | undefined {
  const from = /^# from (\S+)$/m.exec(text)?.[1];
  const lines = [...text.matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm)];
  if (from === undefined || lines.length === 0) return undefined;
  return { from, sums: new Map(lines.map(([, sum = '', name = '']) => [name, sum])) };
}

/** The text of `judge/checksums.txt` for the programs in a folder. */
export function formatChecksums(folder: string, names: readonly string[], from: string): string {
  const lines = names.map((name) => `${sha256(readFileSync(join(folder, name)))}  ${name}\n`);
  return `# from ${from}\n${lines.join('')}`;
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Fetches a release's program, and keeps it only when its checksum is the repository's. */
export async function fetchJudge(name: string, { from, sums }: Checksums, program: string): Promise<string> {
  const expected = sums.get(name);
  if (expected === undefined)
    throw new Error(
      `${from} has no ${name}; it has ${[...sums.keys()].join(', ')}: install Go 1.26 or newer and build it`,
    );
  const url = `${from}/${name}`;
  if (existsSync(program)) return url;
  const response = await fetch(url, { signal: AbortSignal.timeout(600_000) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  const content = Buffer.from(await response.arrayBuffer());
  const sum = sha256(content);
  if (sum !== expected)
    throw new Error(`${url}: its checksum is ${sum}, and judge/checksums.txt says ${expected}; it was thrown away`);
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(`${program}.part`, content);
  chmodSync(`${program}.part`, 0o755);
  renameSync(`${program}.part`, program);
  return url;
}
