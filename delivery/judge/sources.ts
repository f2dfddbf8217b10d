import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINORS, type Minor } from '../../guardrails/judge/locate.ts';

/** Flags of every build: the same sources give the same bytes on every machine. */
export const FLAGS: readonly string[] = [
  '-trimpath',
  '-buildvcs=false',
  '-ldflags',
  '-s -w -buildid= -checklinkname=0',
];

/** What distinguishes the build of a minor: the newest has the module's own go.mod, an older one a file beside it. */
export function minorFlags(minor: Minor): readonly string[] {
  return minor === MINORS[0] ? [] : ['-modfile', `go.${minor}.mod`, '-tags', `k${minor.replace('1.', '1')}`];
}

/** The files of the Go module that go into a program, by name. */
export function sourcesOf(folder: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(folder).filter((name) => /\.(go|mod|sum|json)$/.test(name) && !name.endsWith('_test.go'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name))]));
}

/** A name for a build's content: the same sources, flags, minor and target are the same program. */
export function keyOf(sources: ReadonlyMap<string, Buffer>, minor: Minor, target: string): string {
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, minorFlags(minor), target]));
  for (const [name, content] of sources) hash.update(`\0${name}\0`).update(content);
  return hash.digest('hex').slice(0, 16);
}
