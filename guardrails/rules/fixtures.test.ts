import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../engine.ts';
import { readText } from '../input/parse.ts';
import { judgeOfThisMachine } from '../judge/judge.ts';
import { allRules, RULES } from '../registry.ts';

/**
 * Every rule has a folder fixtures/rules/<id>/ with `broken*.yaml`, which breaks that rule and no other and says in `# finds: ` comments what
 * is found, and `near-miss*.yaml`, which looks alike and passes every rule. A `previous.yaml` beside them is what stood before.
 */
const { judge, unasked } = judgeOfThisMachine();
const ofTheJudge = new Set(RULES.judge.map(({ id }) => id));
if (unasked !== undefined) console.warn(`${unasked}: its rules' fixtures are skipped`);

const FIXTURES = new URL('../fixtures/rules/', import.meta.url);

function fixtures(rule: string, prefix: string): readonly (readonly [string, string])[] {
  const folder = new URL(`${rule}/`, FIXTURES);
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
}

function findings(rule: string, name: string, text: string) {
  const previous = fixtures(rule, 'previous').map(([file, before]) => readText(file, before));
  const options = {
    ...(previous.length > 0 ? { previous } : {}),
    ...(ofTheJudge.has(rule) ? { judge, rules: RULES.judge } : {}),
  };
  return checkPlatform([readText(name, text)], options).filter(
    ({ severity }) => ofTheJudge.has(rule) || severity !== 'note',
  );
}

describe.each(allRules().map((rule) => [rule.id] as const))('%s', (id) => {
  const asked = it.skipIf(ofTheJudge.has(id) && judge === undefined);

  asked.each(fixtures(id, 'broken'))('finds what %s breaks, and nothing else', (name, text) => {
    const found = findings(id, name, text);
    const expected = [...text.matchAll(/^# finds: (.+)$/gm)].map(([, message]) => message);
    expect(expected, `${name} says in a comment what is found`).not.toHaveLength(0);
    expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual(
      expected.map((message) => `${id}: ${message}`),
    );
    for (const { line, file } of found) expect(line, `a line in ${file}`).toBeGreaterThan(0);
  });

  asked.each(fixtures(id, 'near-miss'))('has nothing to say about %s', (name, text) => {
    expect(findings(id, name, text)).toEqual([]);
  });

  it('has a fixture that breaks it and one that nearly does', () => {
    expect(fixtures(id, 'broken')).not.toHaveLength(0);
    expect(fixtures(id, 'near-miss')).not.toHaveLength(0);
  });
});
