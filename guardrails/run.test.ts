import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allRules } from './registry.ts';
import { run } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'guardrails-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const CLEAN = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  a: b\n';
const BROKEN = CLEAN.replace('a: b', 'a: 1').replace(
  'name: settings',
  'name: settings\n  annotations:\n    guardrails/construct: shop/settings',
);

const KUSTOMIZATION = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [shop.yaml]\n';

describe('the command line', () => {
  it('ends with 0 and one line when nothing is found', () => {
    const { code, out, err } = run([file('clean.yaml', CLEAN)], false);
    expect(code).toBe(0);
    expect(out).toBe(`nothing found (1 object in 1 file against ${allRules().length} rules)\n`);
    expect(err).toBe('');
  });

  it('ends with 0 when there are only notes', () => {
    const { code, out } = run(
      [file('custom.yaml', CLEAN.replace('v1', 'example.org/v1').replace('ConfigMap', 'Shop'))],
      false,
    );
    expect(code).toBe(0);
    expect(out).toContain('1 note');
  });

  it('ends with 1 and says where, what, why and what to do', () => {
    const path = file('broken.yaml', BROKEN);
    const { code, out } = run([path], false);
    expect(code).toBe(1);
    expect(out).toContain('error  ConfigMap default/settings  field-types');
    expect(out).toContain(`${path}:8:6  data.a`);
    expect(out).toContain('is the number 1, but must be text');
    expect(out).toContain('why The API server refuses the whole object');
    expect(out).toContain('fix Quote it: "1".');
    expect(out).toContain('built by shop/settings');
  });

  it('reads a file once that is given twice, by itself and by its folder', () => {
    const path = file('once/only.yaml', CLEAN);
    const { code, out } = run([path, join(folder, 'once'), path], false);
    expect(code).toBe(0);
    expect(out).toContain('1 object in 1 file');
  });

  it('colours only when asked', () => {
    const path = file('broken.yaml', BROKEN);
    expect(run([path], false).out).not.toContain('\u001b[');
    expect(run([path], true).out).toContain('\u001b[');
  });

  it('prints findings as JSON', () => {
    const [finding] = JSON.parse(run(['--format', 'json', file('broken.yaml', BROKEN)], false).out);
    expect(finding).toMatchObject({
      rule: 'field-types',
      severity: 'error',
      line: 8,
      column: 6,
      path: 'data.a',
      construct: 'shop/settings',
    });
  });

  it('prints findings as SARIF, each with its rule, its level and its place', () => {
    const log = JSON.parse(run(['--format', 'sarif', file('broken.yaml', BROKEN)], false).out);
    const [{ tool, results }] = log.runs;
    expect(log.version).toBe('2.1.0');
    expect(tool.driver.rules[results[0].ruleIndex].id).toBe('field-types');
    expect(results[0]).toMatchObject({ ruleId: 'field-types', level: 'error' });
    expect(results[0].locations[0].physicalLocation.region).toEqual({ startLine: 8, startColumn: 6 });
  });

  it('judges everything that is given together, folders too', () => {
    const shop = mkdtempSync(join(folder, 'shop-'));
    for (const name of ['one.yaml', 'two.yml']) writeFileSync(join(shop, name), CLEAN);
    writeFileSync(join(shop, 'skipped.yaml'), 'replicas: 3\n');
    const { err, out } = run([shop], false);
    expect(out).toContain('is defined in');
    expect(err).toContain('skipped.yaml: no Kubernetes object in it, skipped');
  });

  it('leaves out what a folder holds for tools: the file of a kustomization, the head of a chart', () => {
    file('kustomized/kustomization.yaml', KUSTOMIZATION);
    file('kustomized/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 0.1.0\n');
    file('kustomized/node_modules/other/deploy.yaml', BROKEN);
    file('kustomized/shop.yaml', CLEAN);
    const { code, out, err } = run([join(folder, 'kustomized')], false);
    expect(code).toBe(0);
    expect(out).toContain('1 object in 1 file');
    expect(err).toMatch(
      /Chart\.yaml: no Kubernetes object in it, skipped\n.*kustomization\.yaml: no Kubernetes object/,
    );
  });

  it('holds alerts to the runbooks of a folder', () => {
    const rule = readFileSync(new URL('fixtures/rules/runbooks-exist/near-miss.yaml', import.meta.url), 'utf8');
    const alerts = file('alerts.yaml', rule.replace(/^ {2}annotations:\n.*\n/m, ''));
    const page = file('pages/HighErrorRate.md', '# HighErrorRate\n');
    expect(run(['--runbooks', dirname(page), alerts], false).code).toBe(0);
    file('pages-elsewhere/DiskFull.md', '# DiskFull\n');
    const { code, out } = run(['--runbooks', join(folder, 'pages-elsewhere'), alerts], false);
    expect(code).toBe(1);
    expect(out).toContain('HighErrorRate names the runbook HighErrorRate, which is not written');
    expect(run(['--runbooks', join(folder, 'none'), alerts], false).err).toMatch(/none: no such file or folder/);
  });

  it('compares with what stood before', () => {
    expect(run(['--previous', file('clean.yaml', CLEAN), file('clean.yaml', CLEAN)], false).code).toBe(0);
  });

  it.each([
    [['no-such-file.yaml'], /^no-such-file\.yaml: no such file or folder$/m],
    [[file('template.yaml', '{{- if .Values.on }}\na: 1\n{{- end }}\n')], /give what `helm template` makes of it/],
    [[file('tool/kustomization.yaml', KUSTOMIZATION)], /kustomization\.yaml: no Kubernetes manifests here/],
    [[file('bad.yaml', 'a: [')], /bad\.yaml:\d+:\d+: /],
    [[file('list.yaml', '- 1\n- 2\n')], /document 1 is a list, not a Kubernetes object/],
    [[file('empty.yaml', '# nothing\n')], /empty/],
    [['--format', 'xml', 'x'], /there is text, json and sarif/],
    [['--colour'], /--colour/],
    [['--explain', 'known-feilds'], /did you mean known-fields\?/],
    [[], /^usage:/],
  ] as const)('ends with 2 for %j', (args, message) => {
    const { code, out, err } = run(args, false);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
  });

  it('lists the rules and explains one', () => {
    expect(run(['--list'], false).out).toMatch(/^schema\n {2}identity +Every object/);
    expect(run(['--explain', 'quantities'], false).out).toMatch(/^quantities \(error\)\n\n.*\n\nWhy: .*\nSee: https:/);
    expect(run(['--help'], false).out).toMatch(/^usage:/);
  });
});
