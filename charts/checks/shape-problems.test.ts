import { describe, expect, it } from 'vitest';
import { shapeProblems } from './shape-problems.ts';

const SHAPE = {
  size: 'number',
  host: 'text',
  on: 'boolean',
  level: { oneOf: { low: true, high: true } },
  ports: { listOf: 'number' },
  labels: { mapOf: 'text' },
  limit: { orNull: 'number' },
  note: { optional: 'text' },
  tls: { byKind: { none: {}, issuer: { server: 'text' } } },
} as const;

const VALUE = {
  size: 1,
  host: 'a',
  on: true,
  level: 'low',
  ports: [80],
  labels: { a: 'b' },
  limit: null,
  tls: { kind: 'none' },
};

function changed(change: Readonly<Record<string, unknown>>): string[] {
  return shapeProblems({ ...VALUE, ...change }, SHAPE);
}

describe('the shape of a value', () => {
  it('holds with optional fields and without them', () => {
    expect(changed({})).toEqual([]);
    expect(changed({ note: 'x', limit: 5, tls: { kind: 'issuer', server: 'b' } })).toEqual([]);
  });

  it.each([
    [{ size: '1Gi' }, "size is '1Gi'; give it a number, without quotes or a unit"],
    [{ size: null }, 'size is null; give it a number, without quotes or a unit'],
    [{ size: Number.NaN }, 'size is missing (NaN); give it a value'],
    [{ host: 8 }, 'host is 8; give it a text'],
    [{ on: 'yes' }, "on is 'yes'; write true or false"],
    [{ level: 'hihg' }, "level is 'hihg'; choose one of low, high; did you mean 'high'?"],
    [{ ports: 80 }, 'ports is 80; give it a list'],
    [{ ports: [80, '81'] }, "ports.1 is '81'; give it a number, without quotes or a unit"],
    [{ labels: { a: 1 } }, 'labels.a is 1; give it a text'],
    [{ labels: null }, 'labels is null; give it its fields'],
    [{ limit: false }, 'limit is false; give it a number, without quotes or a unit'],
    [{ note: undefined }, 'note is missing (undefined); give it a value'],
    [{ tls: { kind: 'isuer' } }, "tls.kind 'isuer' is unknown; choose one of none, issuer"],
    [{ tls: { kind: 'issuer' } }, 'tls.server is missing (undefined); give it a value'],
    [{ tls: { kind: 'toString' } }, "tls.kind 'toString' is unknown; choose one of none, issuer"],
    [{ tls: { kind: 'none', server: 'b' } }, 'tls.server is no field here (kind); take it out'],
  ])('refuses %j', (change, problem) => {
    expect(changed(change)).toEqual([problem]);
  });

  it('tells a field that nobody knows, with the one that was meant', () => {
    expect(changed({ sise: 2 })[0]).toMatch(/^sise is no field here \(size, host, .+\); did you mean 'size'\?$/);
  });

  it('tells everything at once', () => {
    expect(changed({ size: '1', ports: ['a', 'b'], on: 0 })).toHaveLength(4);
  });
});
