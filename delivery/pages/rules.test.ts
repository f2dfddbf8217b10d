import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cases } from '../../guardrails/fixtures/cases.ts';
import { allRules } from '../../guardrails/registry.ts';
import { fillBlocks } from './generated-blocks.ts';
import { ruleBlocks } from './rules.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/guardrails.md'), 'utf8');

describe('the page about the guardrails', () => {
  it('has the rules as they are written', () => {
    expect(fillBlocks(page, new Map(ruleBlocks())), 'run npm run synth').toBe(page);
  });

  it('describes every rule once, with where the documentation says so', () => {
    for (const { id, docs } of allRules()) {
      expect(page.split(`**\`${id}\`**`)).toHaveLength(2);
      expect(docs).toMatch(/^https:\/\//);
    }
  });

  it('says of each rule that there was what became of it, and of what is kept that it is there', () => {
    const became = [...page.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].map(
      ([, id = '', fate = '']) => [id, fate] as const,
    );
    const there = new Set(allRules().map(({ id }) => id));
    const gone = became.filter(([id, fate]) => !there.has(id) && !/^(kept as|merged into) /.test(fate));
    expect(became.length).toBeGreaterThan(130);
    for (const [id, fate] of gone) {
      expect(fate, id).toMatch(/^judge: /);
      expect(cases('judged.yaml').some(({ name }) => name.startsWith(id)) || id === 'mounts-have-volumes', id).toBe(
        true,
      );
    }
    for (const [id, fate] of became) {
      if (/^kept( (for|where)|$)/.test(fate)) expect(there).toContain(id);
      const [, successor] = /^(?:kept as|merged into) ([\w-]+)/.exec(fate) ?? [];
      if (successor !== undefined) expect(there, id).toContain(successor);
    }
  });

  it('has no two rules of the same id', () => {
    const ids = allRules().map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });
});
