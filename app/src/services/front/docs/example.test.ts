import { describe, expect, it } from 'vitest';
import { exampleOf, describe as inWords } from './example.ts';
import type { JsonSchema, OpenApi } from './openapi.ts';

const document: OpenApi = {
  info: { title: 'quotes', version: '1' },
  paths: {},
  components: {
    schemas: {
      Named: { type: 'object', properties: { author: { type: 'string' } } },
      Loop: { type: 'object', properties: { again: { $ref: '#/components/schemas/Loop' } } },
    },
  },
};
const example = (schema: JsonSchema) => exampleOf(schema, { document });

describe('an example of a schema', () => {
  it('is its own where it has one', () => {
    expect(example({ type: 'string', examples: ['mine'] })).toBe('mine');
    expect(example({ const: 'ok' })).toBe('ok');
    expect(example({ type: 'integer', default: 50 })).toBe(50);
    expect(example({ enum: ['ok', 'unavailable'] })).toBe('ok');
  });

  it('is made from types, formats and names elsewhere', () => {
    const properties: Record<string, JsonSchema> = {
      text: { type: 'string' },
      id: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
      count: { type: 'integer', minimum: 3 },
      yes: { type: 'boolean' },
      none: { type: 'null' },
      list: { type: 'array', items: { type: 'number' } },
      bare: { type: 'array' },
      next: { anyOf: [{ type: 'string' }, { type: 'null' }] },
    };
    expect(example({ type: 'object', properties })).toEqual({
      text: 'Il faut cultiver notre jardin.',
      id: 'some-id',
      at: '2026-01-31T12:00:00.000Z',
      count: 3,
      yes: true,
      none: null,
      list: [1],
      bare: [],
      next: 'some-next',
    });
  });

  it('follows references, and cuts a schema that contains itself', () => {
    expect(example({ $ref: '#/components/schemas/Named' })).toEqual({ author: 'Voltaire' });
    expect(JSON.stringify(example({ $ref: '#/components/schemas/Loop' }))).toContain('null');
    expect(example({ $ref: '#/components/schemas/Missing' })).toBe('text');
  });
});

describe('a schema in words', () => {
  it.each<[JsonSchema, string]>([
    [{ type: 'string', minLength: 1, maxLength: 200 }, 'string, 1 to 200 characters'],
    [{ type: 'string', maxLength: 9 }, 'string, at most 9 characters'],
    [{ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }, 'integer, at least 1'],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'integer'],
    [{ type: ['string', 'null'], format: 'date' }, 'string, date'],
    [{ enum: ['a', 'b'] }, 'one of a, b'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 'string or null'],
    [{ type: 'integer', default: 50 }, 'integer, default 50'],
    [{ properties: {} }, 'object'],
  ])('%j is %j', (schema, words) => {
    expect(inWords(schema)).toBe(words);
  });
});
