import { readFileSync, writeFileSync } from 'node:fs';
import { isRecord } from '../field.ts';
import type { Finding } from '../finding.ts';
import { UnusableInput } from '../input/parse.ts';

/** A finding without its line, which moves, and without its words, which the next release may choose better. */
function identity({ rule, file, kind, namespace, name, path }: Finding): string {
  const object = [kind, namespace, name].filter((part) => part !== '').join('/');
  return [rule, object === '' ? file : object, path].join(' ').trim();
}

export function writeBaseline(file: string, findings: readonly Finding[]): void {
  const known = [...new Set(findings.map(identity))].sort();
  writeFileSync(file, `${JSON.stringify({ findings: known }, null, 2)}\n`);
}

/** The findings that a baseline does not list, and how many of its own are mended. Throws UnusableInput where it is none. */
export function compareWithBaseline(file: string, findings: readonly Finding[]) {
  const known = readBaseline(file);
  const today = new Set(findings.map(identity));
  return {
    fresh: findings.filter((finding) => !known.has(identity(finding))),
    mended: [...known].filter((one) => !today.has(one)).length,
  };
}

function readBaseline(file: string): ReadonlySet<string> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(content) && Array.isArray(content['findings'])) return new Set(content['findings'].map(String));
  } catch (error) {
    throw new UnusableInput(`--baseline ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new UnusableInput(`--baseline ${file}: not a baseline; write one with --write-baseline`);
}
