import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIRECTIONS, type Direction, STRANGERS } from './directions.ts';
import { type Import, importsBelow, importsIn } from './imports.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['app', 'charts', 'delivery', 'guardrails', 'output'];
const IMPORTS = importsBelow(ROOT, FOLDERS);

describe('the direction of imports', () => {
  it.each(DIRECTIONS)('of $folder holds: $because', ({ folder }) => {
    expect(existsSync(join(ROOT, folder))).toBe(true);
    const wrong = IMPORTS.filter((found) => ruleOf(found.from).folder === folder && !isAllowed(found));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it(`keeps the services of ${STRANGERS.folder} apart: they speak HTTP`, () => {
    const serviceOf = (file: string) => new RegExp(`^${STRANGERS.folder}/([^/.]+)`).exec(file)?.[1];
    const wrong = IMPORTS.filter(({ from, to }) => {
      const [importer, imported] = [serviceOf(from), serviceOf(to)];
      return from !== STRANGERS.registry && importer !== undefined && imported !== undefined && importer !== imported;
    });
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('leads out of the application only to what the image ships', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const shipped = Object.keys(dependencies);
    const wrong = IMPORTS.filter(
      ({ from, to, kind, typesOnly }) =>
        from.startsWith('app/src/') &&
        kind === 'package' &&
        !typesOnly &&
        !to.startsWith('node:') &&
        !shipped.includes(to),
    );
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('leads from the guardrails to no construct', () => {
    const wrong = IMPORTS.filter(({ from, to }) => from.startsWith('guardrails/') && /^(?:cdk8s|constructs)/.test(to));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('leads to files that are there', () => {
    const missing = IMPORTS.filter(({ to, kind }) => kind === 'file' && !existsSync(join(ROOT, to)));
    expect(missing.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('synthesis is pure', () => {
  /** Clock, chance, network and process: what would make two runs differ. */
  const IMPURE =
    /\b(?:process\.(?:env|argv|cwd)|Date\.now|new Date\(\)|performance\.now|Math\.random|randomUUID|randomBytes|fetch\()/;

  it('reads no clock, chance, network or process environment below main.ts', () => {
    const files = [...new Set(IMPORTS.map(({ from }) => from))].filter((file) => /^(?:charts|output)\//.test(file));
    const wrong = files.filter((file) => IMPURE.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(wrong).toEqual([]);
  });

  it('asks in root.ts alone where its files are, for `npm run synth` makes one file of all', () => {
    const ownPrograms = ['guardrails/schema/generate.ts'];
    const files = [...new Set(IMPORTS.map(({ from }) => from))].filter((file) =>
      /^(?:charts|output|guardrails|delivery\/diagrams)\//.test(file),
    );
    const asking = files.filter((file) => /import\.meta/.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(asking.filter((file) => !ownPrograms.includes(file))).toEqual([]);
  });

  it('opens no socket and starts no process', () => {
    const outside = ['node:net', 'node:http', 'node:https', 'node:dns', 'node:child_process'];
    const wrong = IMPORTS.filter(({ from, to }) => from.startsWith('charts/') && outside.includes(to));
    expect(wrong.map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });
});

describe('the scanner of imports', () => {
  it.each<[string, Partial<Import>]>([
    ["import { a } from './a.ts';", { to: 'charts/a.ts', kind: 'file', typesOnly: false }],
    ["import type { A } from '../app/contract.ts';", { to: 'app/contract.ts', typesOnly: true }],
    ["import { type A, type B } from './a.ts';", { to: 'charts/a.ts', typesOnly: true }],
    ["import { type A, b } from './a.ts';", { to: 'charts/a.ts', typesOnly: false }],
    ["import {\n  a,\n  b,\n} from './a.ts';", { to: 'charts/a.ts', typesOnly: false }],
    ["import './a.ts';", { to: 'charts/a.ts', typesOnly: false }],
    ["import * as fs from 'node:fs';", { to: 'node:fs', kind: 'package' }],
    ["import a, { b } from '@koa/router/lib';", { to: '@koa/router', kind: 'package' }],
    ["export { a } from './a.ts';", { to: 'charts/a.ts', typesOnly: false }],
    ["const a = await import('./a.ts');", { to: 'charts/a.ts', typesOnly: false }],
    ["import a from './a.json' with { type: 'json' };", { to: 'charts/a.json', kind: 'file' }],
  ])('understands %j', (source, expected) => {
    expect(importsIn('charts/file.ts', source)).toEqual([
      expect.objectContaining({ from: 'charts/file.ts', ...expected }),
    ]);
  });

  it('finds the imports of this project', () => {
    expect(IMPORTS.length).toBeGreaterThan(300);
  });
});

/** The rule of the nearest folder. */
function ruleOf(file: string): Direction {
  const [nearest] = DIRECTIONS.filter(({ folder }) => isIn(file, folder)).sort(
    (a, b) => b.folder.length - a.folder.length,
  );
  if (nearest === undefined) throw new Error(`no direction for ${file}; add its folder to test/directions.ts`);
  return nearest;
}

function isAllowed({ from, to, kind, typesOnly }: Import): boolean {
  if (kind === 'package') return true;
  const { folder, may, mayUseTypesOf, except } = ruleOf(from);
  const among = (places: readonly string[]) => places.some((place) => isIn(to, place));
  if (!typesOnly && among(except)) return false;
  return isIn(to, folder) || among(may) || (typesOnly && among(mayUseTypesOf));
}

function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}
