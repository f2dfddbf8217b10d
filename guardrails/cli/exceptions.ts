import { readFileSync, writeFileSync } from 'node:fs';
import { type Exemption, isDay } from '../exemptions.ts';
import { isRecord } from '../field.ts';
import { decode, readText, UnusableInput } from '../input/parse.ts';
import { type Finding, keyOf } from '../rule.ts';

/** A finding without its line, which moves, and without its words, which the next release may choose better. */
function identity({ rule, file, kind, namespace, name, path }: Finding): string {
  return [rule, keyOf({ kind, namespace, name }) || file, path].join(' ').trim();
}

export function writeBaseline(file: string, findings: readonly Finding[]): void {
  const known = [...new Set(findings.map(identity))].sort();
  attempt('write-baseline', file, () => writeFileSync(file, `${JSON.stringify({ findings: known }, null, 2)}\n`));
}

/** What is made of an option's file. Throws UnusableInput with the option where it cannot be had. */
function attempt<T>(option: string, file: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new UnusableInput(`--${option} ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
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
  const content: unknown = attempt('baseline', file, () => JSON.parse(readFileSync(file, 'utf8')));
  if (isRecord(content) && Array.isArray(content['findings'])) return new Set(content['findings'].map(String));
  throw new UnusableInput(`--baseline ${file}: not a baseline; write one with --write-baseline`);
}

const KEYS = ['rule', 'reason', 'until', 'objects', 'files'];

/** The exemptions of a file: `exemptions:` with a list of rule, reason, until, objects and files. Throws UnusableInput with every problem. */
export function readExemptions(file: string): readonly Exemption[] {
  const { objects, unreadable = [] } = attempt('exemptions', file, () => readText(file, decode(readFileSync(file))));
  const [content] = objects;
  const list = isRecord(content) ? content['exemptions'] : undefined;
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const problems = [
    ...unreadable.map(({ message }) => message),
    ...(Array.isArray(list) ? [] : ['it has no list `exemptions`']),
    ...entries.flatMap((entry, index) => whatIsWrong(entry).map((wrong) => `exemption ${index + 1} ${wrong}`)),
  ];
  if (problems.length > 0) throw new UnusableInput(problems.map((one) => `--exemptions ${file}: ${one}`).join('\n'));
  return entries.filter(isRecord).map((entry) => ({
    rule: String(entry['rule']),
    reason: String(entry['reason']),
    until: entry['until'] === undefined ? undefined : String(entry['until']),
    objects: texts(entry['objects']),
    files: texts(entry['files']),
  }));
}

function whatIsWrong(entry: unknown): readonly string[] {
  if (!isRecord(entry)) return ['is not a map'];
  const unknown = Object.keys(entry).find((key) => !KEYS.includes(key));
  return [
    ...(unknown === undefined ? [] : [`has the key ${unknown}; there is ${KEYS.join(', ')}`]),
    ...(typeof entry['rule'] === 'string' ? [] : ['names no rule']),
    ...(typeof entry['reason'] === 'string' && entry['reason'].trim().length >= 12 ? [] : ['gives no reason']),
    ...(entry['until'] === undefined || isDay(String(entry['until']))
      ? []
      : ['ends on no day: write until: 2027-01-31']),
  ];
}

function texts(value: unknown): readonly string[] | undefined {
  return value === undefined ? undefined : [value].flat().map(String);
}
