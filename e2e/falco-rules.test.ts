import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { run } from '../delivery/run.ts';
import { requireProgram } from '../test/requires.ts';

const FILE = join(import.meta.dirname, '../docs/manifests/falco-rules.yaml');
const PRIORITIES = ['NOTICE', 'WARNING', 'ERROR', 'CRITICAL'];
const List = z.strictObject({ list: z.string(), items: z.array(z.string()).min(1) });
const Rule = z.strictObject({
  rule: z.string(),
  desc: z.string(),
  condition: z.string(),
  output: z.string(),
  priority: z.enum(PRIORITIES),
});

const entries = z.array(z.union([List, Rule])).parse(load(readFileSync(FILE, 'utf8')));
const lists = entries.filter((entry) => 'list' in entry);
const rules = entries.filter((entry) => 'rule' in entry);
const sysdig = requireProgram('sysdig');

/** What the library in which Falco evaluates conditions says of one: it compiles the filter before it looks at the recording, which is none. */
async function problemOf(condition: string): Promise<string> {
  const filter = lists.reduce(
    (text, { list, items }) => text.replaceAll(`(${list})`, `(${items.join(', ')})`),
    condition,
  );
  if (/\([a-z_]+\)/.test(filter)) return 'no list of that name';
  const { stderr } = await run(sysdig ?? '', ['-r', '/dev/null', filter], { cwd: import.meta.dirname });
  return stderr.includes('Could not initialize reader') && !stderr.includes('filter error') ? '' : stderr;
}

describe.skipIf(sysdig === undefined)('the rules for Falco', () => {
  it.each(rules.map(({ rule, condition }) => [rule, condition]))(
    "'%s' is a filter that its library compiles",
    async (_, condition) => {
      expect(await problemOf(condition)).toBe('');
    },
  );

  it('would be refused with a field that does not exist, a bracket too few, a list that is not there', async () => {
    const [first] = rules;
    const condition = first?.condition ?? '';
    expect(await problemOf(condition.replace('proc.name', 'proc.nam'))).toContain('unrecognized field');
    expect(await problemOf(`(${condition}`)).not.toBe('');
    expect(await problemOf(condition.replace('platform_namespaces', 'some_namespaces'))).toContain('no list');
  });

  it('print fields that exist', async () => {
    const known = (await run(sysdig ?? '', ['-l'], { cwd: import.meta.dirname })).stdout;
    const printed = rules.flatMap(({ output }) => output.match(/(?<=%)[a-z0-9.]*[a-z0-9]/g) ?? []);
    expect(printed.length).toBeGreaterThan(10);
    expect(printed.filter((field) => !known.includes(`\n${field} `))).toEqual([]);
  });
});
