import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { guardrailsPage } from './docs-page.ts';
import { cases } from './fixtures/cases.ts';
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

  it('says of each rule that there was what became of it, and of what is kept that it is there', () => {
    const became: Readonly<Record<string, string>> = JSON.parse(
      readFileSync(new URL('history.json', import.meta.url), 'utf8'),
    );
    const there = new Set(allRules().map(({ id }) => id));
    const gone = Object.keys(became).filter((id) => !there.has(id) && !became[id]?.startsWith('kept as '));
    expect(Object.keys(became).length).toBeGreaterThan(130);
    for (const id of gone) {
      expect(became[id], id).toMatch(/^judge: /);
      expect(cases('judged.yaml').some(({ name }) => name.startsWith(id)) || id === 'mounts-have-volumes', id).toBe(
        true,
      );
    }
    for (const [id, fate] of Object.entries(became))
      if (/^kept( (for|where)|$)/.test(fate)) expect(there).toContain(id);
  });

  it('has no two rules of the same id', () => {
    const ids = allRules().map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
