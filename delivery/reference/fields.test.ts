import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ENVIRONMENT } from '../../charts/plan/environment.ts';
import { SERVICE_SPEC } from '../../charts/plan/service-spec.ts';
import { SchemaReference } from './fields.ts';
import { SCHEMAS as FILES, valuesIn } from './pages.ts';

const PLAN = join(import.meta.dirname, '../../charts/plan');
const reference = new SchemaReference(FILES.map((name) => readFileSync(join(PLAN, `${name}.ts`), 'utf8')));
const SCHEMAS = { SERVICE_SPEC, ENVIRONMENT };
const field = (name: keyof typeof SCHEMAS, path: string) =>
  reference.fieldsOf(name, SCHEMAS[name]).find((found) => found.path === path);

describe('the reference of fields', () => {
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

  it('takes the comment of a constant where a field has none, also of one whose fields are spread', () => {
    expect(field('ENVIRONMENT', 'edge')?.meaning).toContain('How requests come in');
    expect(field('ENVIRONMENT', 'monitoring (kind: standalone).certManager.podLabels')?.meaning).toContain('Labels by');
    expect(field('ENVIRONMENT', 'telemetry.logs.page')?.type).toBe('address');
  });

  it('calls a type as the schema does, with its bounds', () => {
    expect(field('ENVIRONMENT', 'edge.nodePort')?.type).toBe('whole number from 30000 to 32767 or null');
    expect(field('SERVICE_SPEC', 'connections[].as')?.type).toBe('`url`, `address`');
  });

  it('refuses a schema that it does not understand, so that nothing is left out in silence', () => {
    expect(() => reference.fieldsOf('A', z.strictObject({ a: z.templateLiteral(['a']) }))).toThrow(
      "'template_literal' is not understood; give it a title",
    );
  });
});

it('reads constants with their comments', () => {
  expect(valuesIn("/** What. */\nexport const A = 'a';\nexport const B = { /** Which. */ b: 'c' } as const;")).toEqual([
    { text: 'a', comment: 'What.' },
    { text: 'c', comment: 'Which.' },
  ]);
});
