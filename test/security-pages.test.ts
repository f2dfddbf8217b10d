import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const CLAIMS = 'docs/reference/claims.md';
const PAGES = ['SECURITY.md', 'docs/reference/frameworks.md', 'docs/reference/requirements.md', CLAIMS];

/** Cells of every row of every table of a page, headings and rules left out. */
function rowsOf(page: string): readonly (readonly string[])[] {
  return rowsIn(readFileSync(join(ROOT, page), 'utf8'));
}

function rowsIn(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => line.startsWith('| ') && !(lines[index + 1] ?? '').startsWith('|---'))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** Files and folders that a text names in backticks: a slash, and no blank. */
function pathsIn(text: string): readonly string[] {
  return [...text.matchAll(/`((?:\.?[\w-]+\/)+[\w.-]+)`/g)].map(([, path = '']) => path);
}

describe.each(PAGES)('%s', (page) => {
  const rows = rowsOf(page);

  it('has no empty cell', () => {
    expect(rows.length).toBeGreaterThan(8);
    expect(rows.filter((cells) => cells.some((cell) => cell === ''))).toEqual([]);
  });

  it('names files that exist', () => {
    const paths = rows.flat().flatMap(pathsIn);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

describe('what is said to be held', () => {
  it('is said of every decision, and of no other', () => {
    const decisions = readFileSync(join(ROOT, 'docs/explanation/decisions.md'), 'utf8').matchAll(/^### (.+)$/gm);
    const [, said = ''] = readFileSync(join(ROOT, CLAIMS), 'utf8').split('\n## Decisions\n');
    const claims = rowsIn(said).map(([claim]) => claim);
    expect(claims.toSorted()).toEqual([...decisions].map(([, heading]) => heading).toSorted());
  });

  it.each(['docs/reference/frameworks.md', 'docs/reference/requirements.md', CLAIMS])(
    'is held by a file or has a reason in %s',
    (page) => {
      const held = rowsOf(page).map((cells) => cells.at(-1) ?? '');
      const says = /^(reason|npm run|`npm run|the release)|`[^`]+`/;
      expect(held.filter((cell) => !says.test(cell))).toEqual([]);
    },
  );
});
