import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BROKEN, call, workplace } from '../fixtures/command-line.ts';

const { folder, file } = workplace();

it('colours only when asked', async () => {
  const path = file('broken.yaml', BROKEN);
  expect((await call([path])).out).not.toContain('\u001b[');
  expect((await call([path], true)).out).toContain('\u001b[');
});

it('prints findings as JSON', async () => {
  const [finding] = JSON.parse((await call(['--format', 'json', file('broken.yaml', BROKEN)])).out);
  expect(finding).toMatchObject({
    rule: 'fits-schema',
    severity: 'error',
    line: 8,
    column: 6,
    path: 'data.a',
    construct: 'shop/settings',
  });
});

it('prints findings as SARIF, each with its rule, its level and its place', async () => {
  const log = JSON.parse((await call(['--format', 'sarif', file('broken.yaml', BROKEN)])).out);
  const [{ tool, results }] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(tool.driver.rules[results[0].ruleIndex].id).toBe('fits-schema');
  expect(results[0]).toMatchObject({ ruleId: 'fits-schema', level: 'error' });
  expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 8, startColumn: 6 });
});

it('groups many findings by rule, with counts, examples and the files that have most', async () => {
  const many = Array.from({ length: 40 }, (_, index) => BROKEN.replace('name: settings', `name: s${index}`)).join(
    '---\n',
  );
  const { out } = await call([file('many.yaml', many)]);
  expect(out.split('\n').length).toBeLessThan(20);
  expect(out).toMatch(
    /error {2}fits-schema {2}40 times[\s\S]*and 35 more in 1 file[\s\S]*by file\n.*many\.yaml: 40 errors[\s\S]*40 errors \(/,
  );
  expect((await call(['--all', join(folder, 'many.yaml')])).out.split('fits-schema')).toHaveLength(41);
});

it('writes workflow commands for GitHub, and JUnit for other servers', async () => {
  const broken = file('broken.yaml', BROKEN);
  const github = (await call(['--format', 'github', broken])).out;
  expect(github).toMatch(
    /^::error file=.*broken\.yaml,line=8,col=6,title=fits-schema::ConfigMap default\/settings: .* must be text.*\n$/,
  );
  const junit = (await call(['--format', 'junit', broken])).out;
  expect(junit).toMatch(
    /^<\?xml version="1\.0"[\s\S]*<testsuite name=".*broken\.yaml" tests="1" failures="1">[\s\S]*Quote it: &quot;1&quot;[\s\S]*<\/testsuites>\n$/,
  );
});

it('lets no manifest move the cursor, or begin a line that a CI server takes for a command', async () => {
  const name = 'a\\n::error::b\\e[2J';
  const hostile = file('hostile.yaml', BROKEN.replace('name: settings', `name: "${name}"`));
  for (const format of ['text', 'junit', 'github']) {
    const { out } = await call(['--format', format, hostile]);
    expect(out).not.toMatch(/^\s*::error::b/m);
    expect(out).not.toContain('\u001b');
  }
});

it('lists the rules and explains one', async () => {
  expect((await call(['--list'])).out).toMatch(/^schema\n {2}readable +Every file[\s\S]*\n {2}identity +Every object/);
  expect((await call(['--explain', 'quantities'])).out).toMatch(/^quantities \(error\)\n\n.*\n\nWhy: .*\nSee: https:/);
  expect((await call(['--help'])).out).toMatch(/^usage:/);
});
