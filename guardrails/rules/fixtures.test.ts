import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../engine.ts';
import { type Case, cases } from '../fixtures/cases.ts';
import { readText } from '../input/parse.ts';
import { judgeOfThisMachine } from '../judge/judge.ts';
import { allRules, RULES } from '../registry.ts';

const { judge, unasked } = judgeOfThisMachine();
const ofTheJudge = new Set(RULES.judge.map(({ id }) => id));
if (unasked !== undefined) console.warn(`${unasked}: its rules' fixtures are skipped`);

/**
 * Every rule has a file fixtures/rules/<id>.yaml with cases `broken...`, which break that rule and no other and say in `# finds: ` comments what
 * is found, and `near-miss...`, which look alike and pass every rule. A case `previous` is what stood before.
 */
function casesOf(rule: string): readonly Case[] {
  const file = `rules/${rule}.yaml`;
  return existsSync(new URL(`../fixtures/${file}`, import.meta.url)) ? cases(file) : [];
}

function findings(rule: string, all: readonly Case[], { name, text }: Case) {
  const before = all.find((one) => one.name === 'previous');
  const options = {
    ...(before ? { previous: [readText('previous', before.text)] } : {}),
    ...(ofTheJudge.has(rule) ? { judge, rules: RULES.judge } : {}),
  };
  return checkPlatform([readText(name, text)], options).filter(
    ({ severity }) => ofTheJudge.has(rule) || severity !== 'note',
  );
}

describe('what the judge answers instead of rules of ours', () => {
  const all = cases('judged.yaml');

  it.skipIf(judge === undefined).each(all.filter(({ name }) => !name.startsWith('previous')))('is $name', (one) => {
    const before = all.find(({ name }) => name === `previous of ${one.name}`);
    const previous = before === undefined ? {} : { previous: [readText('previous', before.text)] };
    const found = checkPlatform([readText(one.name, one.text)], { judge, rules: RULES.judge, ...previous });
    const expected = [...one.text.matchAll(/^# finds: (.+)$/gm)].map(([, begin = '']) => begin);
    const said = found
      .filter(({ severity }) => severity !== 'note')
      .map(({ rule, message }) => `${rule}: ${message.replaceAll('\n', '\\n')}`);
    expect(said.map((text, index) => text.slice(0, expected[index]?.length))).toEqual(expected);
    expect(expected).not.toHaveLength(0);
  });
});

describe.each(allRules().map((rule) => [rule.id] as const))('%s', (id) => {
  const all = casesOf(id);
  const broken = all.filter(({ name }) => name.startsWith('broken'));
  const nearMisses = all.filter(({ name }) => name.startsWith('near-miss'));

  const asked = it.skipIf(ofTheJudge.has(id) && judge === undefined);

  asked.each(broken)('finds what $name breaks, and nothing else', (one) => {
    const found = findings(id, all, one);
    const expected = [...one.text.matchAll(/^# finds: (.+)$/gm)].map(([, message]) => message);
    expect(expected, `${one.name} says in a comment what is found`).not.toHaveLength(0);
    expect(found.map(({ rule, message }) => `${rule}: ${message}`)).toEqual(
      expected.map((message) => `${id}: ${message}`),
    );
    for (const { line, file } of found) expect(line, `a line in ${file}`).toBeGreaterThan(0);
  });

  asked.each(nearMisses)('has nothing to say about $name', (one) => {
    expect(findings(id, all, one)).toEqual([]);
  });

  it('has a case that breaks it and one that nearly does', () => {
    expect(broken).not.toHaveLength(0);
    expect(nearMisses).not.toHaveLength(0);
  });
});
