import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guardrailsPage } from './docs-page.ts';
import { allRules } from './registry.ts';

describe('the page about the guardrails', () => {
  it('is the one that the rules generate', () => {
    const written = readFileSync(new URL('../docs/reference/guardrails.md', import.meta.url), 'utf8');
    expect(written, 'run npm run docs:guardrails').toBe(guardrailsPage());
  });

  it('describes every rule once, with where the documentation says so', () => {
    for (const { id, docs } of allRules()) {
      expect(guardrailsPage().split(`**\`${id}\`**`)).toHaveLength(2);
      expect(docs).toMatch(/^https:\/\//);
    }
  });

  it('has no two rules of the same id', () => {
    const ids = allRules().map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
