import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { judgeOfThisMachine } from './judge.ts';
import type { ObjectAnswer } from './protocol.ts';

/** Expressions that do not parse, or whose types, arguments, matching or modifiers do not fit. */
const invalid = readFileSync(new URL('../fixtures/invalid.promql', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');
const valid = [
  'up',
  'rate(up[5m])',
  'sum by (job) (rate(up[5m]))',
  'up offset 5m > bool 1',
  'max_over_time(up[5m:1m] @ end())',
];

const program = judgeOfThisMachine().judge?.program();

function ruleWith(expr: string): object {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'one', namespace: 'monitoring' },
    spec: { groups: [{ name: 'one', rules: [{ record: 'one:of', expr }] }] },
  };
}

describe.skipIf(program === undefined)('PromQL in a rule', () => {
  let answers: readonly ObjectAnswer[] = [];
  beforeAll(() => {
    const objects = [...invalid, ...valid].map((expr) => ({ object: ruleWith(expr) }));
    answers = ask(program ?? '', [{ ask: 'objects', objects, assume: true }])[0]?.answers ?? [];
  });

  it('is refused where Prometheus cannot type it', () => {
    expect(invalid.length).toBeGreaterThan(100);
    expect(invalid.filter((_, index) => (answers[index]?.texts ?? []).length === 0)).toEqual([]);
  });

  it('is taken where it can', () => {
    expect(answers.length).toBe(invalid.length + valid.length);
    expect(valid.filter((_, index) => answers[invalid.length + index]?.texts !== undefined)).toEqual([]);
  });
});
