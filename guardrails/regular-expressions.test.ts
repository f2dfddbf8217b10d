import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenizer } from 'acorn';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { checkPlatform } from './engine.ts';
import { readText } from './input/parse.ts';

const SOURCES = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !/fixtures|node_modules/.test(file))
  .sort();

/** A quadratic search through so many characters takes a second, a linear one a millisecond. */
const LENGTH = 20_000;
const SLOW_MS = 500;

/** What patterns look for and what they stop at. Those of a pattern itself are added to them. */
const UNITS = [
  'a',
  'A',
  '0',
  ' ',
  '\t',
  '\n',
  '-',
  '.',
  '/',
  '_',
  ':',
  '"',
  "'",
  '\\"',
  '{',
  '$',
  '@',
  'aA',
  'a0',
  'a.',
  'a-',
  '0.',
  ' a',
  '\na',
  'a:',
  '://',
  'a://',
  '- a\n',
];

interface Written {
  readonly place: string;
  readonly pattern: RegExp;
}

function patternsOf(file: string): readonly Written[] {
  const { code } = transformSync(readFileSync(join(import.meta.dirname, file), 'utf8'), {
    loader: 'ts',
    target: 'esnext',
  });
  const tokens = [...tokenizer(code, { ecmaVersion: 'latest', sourceType: 'module' })];
  return tokens.flatMap((token) => {
    const value: unknown = 'value' in token ? token.value : undefined;
    if (!isPattern(value)) return [];
    return { place: `${file}: /${value.pattern}/`, pattern: new RegExp(value.pattern, value.flags) };
  });
}

function isPattern(value: unknown): value is { readonly pattern: string; readonly flags: string } {
  return typeof value === 'object' && value !== null && 'pattern' in value;
}

/** The words and the characters that a pattern spells out. */
function unitsOf({ source }: RegExp): readonly string[] {
  const words = source.match(/[\w-]{2,}/g) ?? [];
  return [...new Set([...UNITS, ...words, ...words.map((word) => `${word} `), ...words.map((word) => ` ${word}`)])];
}

/** Of this process, whatever else the machine does. */
function milliseconds(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

describe('regular expressions', () => {
  const patterns = SOURCES.flatMap(patternsOf);

  it('are found in the sources', () => {
    expect(patterns.length).toBeGreaterThan(80);
  });

  it('take time that grows with the text, and no faster', () => {
    const slow = patterns.filter(({ pattern }) =>
      unitsOf(pattern).some((unit) => {
        const short = `${unit.repeat(Math.ceil(26 / unit.length))}\u0000`;
        if (milliseconds(() => short.replace(pattern, '')) > SLOW_MS) return true;
        const long = `${unit.repeat(Math.ceil(LENGTH / unit.length))}\u0000`;
        return milliseconds(() => long.replace(pattern, '')) > SLOW_MS;
      }),
    );
    expect(slow.map(({ place }) => place)).toEqual([]);
  }, 120_000);
});

const TEXT = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaA1+';

/** Every place in which a rule reads text that somebody chose. */
function platformWith(text: string): string {
  const word = JSON.stringify(text);
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: a, annotations: {a: ${word}, guardrails/metrics: ${word}}}
data: {note: ${word}, redis.conf: ${word}, prometheus.yml: ${word}, a.json: ${word}, PASSWORD: ${word}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, annotations: {guardrails/connects-to: ${word}, guardrails/endpoints: ${word}, guardrails/drain: ${word}, guardrails/metrics: ${word}}}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      containers:
        - name: a
          image: ${word}
          command: [${word}]
          args: [${word}]
          env: [{name: REDIS_URL, value: ${word}}, {name: HOST, value: ${word}}]
          envFrom: [{configMapRef: {name: a}}]
          livenessProbe: {exec: {command: [${word}]}}
          resources: {limits: {memory: ${word}}}
      volumes: [{name: a, configMap: {name: a}}]
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: a}
spec: {groups: [{name: a, rules: [{alert: A, expr: ${word}, for: ${word}, annotations: {runbook_url: ${word}, summary: ${word}}}]}]}
`;
}

describe('rules over texts of any kind', () => {
  it.each(
    [TEXT, ...UNITS.map((unit) => unit.repeat(Math.ceil(LENGTH / unit.length)))].map((text) => [
      text.slice(0, 20),
      text,
    ]),
  )('end soon with %j and so on', (_, text) => {
    const document = readText('a.yaml', platformWith(text));
    expect(document.unreadable).toEqual([]);
    expect(milliseconds(() => checkPlatform([document]))).toBeLessThan(5_000);
  });
});
