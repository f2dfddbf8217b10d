import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT } from '../../charts/plan/environment.ts';
import { SERVICE_SPEC } from '../../charts/plan/service-spec.ts';
import { SchemaSource } from './fields.ts';
import { valuesIn } from './pages.ts';

const PLAN = join(import.meta.dirname, '../../charts/plan');
const source = new SchemaSource(
  ['schema', 'environment-fields', 'environment', 'service-spec'].map((name) =>
    readFileSync(join(PLAN, `${name}.ts`), 'utf8'),
  ),
);
const field = (schema: string, path: string) => source.fieldsOf(schema).find((found) => found.path === path);

describe('the reference of fields', () => {
  it.each([
    ['SERVICE_SPEC', SERVICE_SPEC],
    ['ENVIRONMENT', ENVIRONMENT],
  ])('names every field that %s has', (name, schema) => {
    const outer = source
      .fieldsOf(name)
      .map(({ path }) => path)
      .filter((path) => /^\w+$/.test(path));
    expect(outer).toEqual(Object.keys(schema.shape));
  });

  it('knows which fields may be left out, as the schema does', () => {
    const optional = Object.entries(SERVICE_SPEC.shape).filter(
      ([, shape]) => shape.safeParse(undefined).success || 'innerType' in shape.def,
    );
    for (const [path] of optional) expect(field('SERVICE_SPEC', path)?.required, path).toBe(false);
    expect(field('SERVICE_SPEC', 'ports')?.required).toBe(true);
  });

  it('takes the comment of a field, with its default', () => {
    expect(field('SERVICE_SPEC', 'uid')).toEqual({
      path: 'uid',
      type: 'whole number of at least 1',
      required: false,
      meaning: 'User and group of the process. Default: 10001',
    });
  });

  it('follows kinds, lists and records to the fields inside', () => {
    expect(field('ENVIRONMENT', 'redis (kind: sentinel).durability')?.type).toBe('`all`, `majority`');
    expect(field('ENVIRONMENT', 'sync.windows[].kind')?.type).toBe('`allow`, `deny`');
    expect(field('ENVIRONMENT', 'sizing.<name>.maxReplicas')?.required).toBe(false);
  });

  it('refuses a schema that it does not understand, so that nothing is left out in silence', () => {
    const strange = new SchemaSource(['export const A = z.strictObject({ a: z.templateLiteral([]) });']);
    expect(() => strange.fieldsOf('A')).toThrow("'templateLiteral' is not understood");
  });
});

it('reads constants with their comments', () => {
  expect(valuesIn("/** What. */\nexport const A = 'a';\nexport const B = { /** Which. */ b: 'c' } as const;")).toEqual([
    { text: 'a', comment: 'What.' },
    { text: 'c', comment: 'Which.' },
  ]);
});
