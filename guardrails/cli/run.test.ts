import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { cases } from '../fixtures/cases.ts';
import { BROKEN, CLEAN, call, KUSTOMIZATION, workplace } from '../fixtures/command-line.ts';
import { allRules } from '../registry.ts';

const { folder, file } = workplace();
afterEach(() => {
  vi.unstubAllEnvs();
});

it('ends with 0 and one line when nothing is found', async () => {
  const { code, out, err } = await call([file('clean.yaml', CLEAN)]);
  expect(code).toBe(0);
  expect(out).toBe(`nothing found (1 object in 1 file against ${allRules().length} rules)\n`);
  expect(err).toBe('');
});

it('ends with 0 when there are only notes', async () => {
  const { code, out } = await call(
    [file('custom.yaml', CLEAN.replace('v1', 'example.org/v1').replace('ConfigMap', 'Shop'))],
    false,
  );
  expect(code).toBe(0);
  expect(out).toContain('1 note');
});

it('ends with 1 and says where, what, why and what to do', async () => {
  const path = file('broken.yaml', BROKEN);
  const { code, out } = await call([path]);
  expect(code).toBe(1);
  expect(out).toContain('error  ConfigMap default/settings  fits-schema');
  expect(out).toContain(`${path}:8:6  data.a`);
  expect(out).toContain('is the number 1, but must be text');
  expect(out).toContain('why The server refuses unknown fields');
  expect(out).toContain('fix Quote it: "1".');
  expect(out).toContain('built by shop/settings');
});

it('reads a file once that is given twice, by itself and by its folder', async () => {
  const path = file('once/only.yaml', CLEAN);
  const { code, out } = await call([path, join(folder, 'once'), path]);
  expect(code).toBe(0);
  expect(out).toContain('1 object in 1 file');
});

it('leaves to the schema what is neither the name nor the number of a port', async () => {
  const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {ports: [{port: 80}]}\n';
  const spec = 'spec: {routes: [{kind: Rule, match: "Host(`a.b`)", services: [{name: cart, port: {number: 80}}]}]}\n';
  const route = `apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: cart}\n${spec}`;
  const { out } = await call([file('port.yaml', `${service}---\n${route}`)]);
  expect(out).toContain('spec.routes[0].services[0].port');
  expect(out).not.toContain('backends-exist');
});

it('asks what production promises of a Namespace that declares nothing, where the profile says so', async () => {
  const path = file(
    'production.yaml',
    `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
replicas: 1
selector: {matchLabels: {app: cart}}
template:
  metadata: {labels: {app: cart}}
  spec: {containers: [{name: cart, image: "example.org/cart:1.2.3"}]}
`,
  );
  const all = ['--all', path];
  expect((await call(['--profile', 'restricted', ...all])).out).not.toMatch(/no-single-replica|default-deny/);
  expect((await call(['--profile', 'production', ...all])).out).toMatch(/no-single-replica/);
  expect((await call(['--profile', 'production', ...all])).out).toMatch(/default-deny/);
});

it('judges everything that is given together, folders too', async () => {
  const shop = mkdtempSync(join(folder, 'shop-'));
  for (const name of ['one.yaml', 'two.yml']) writeFileSync(join(shop, name), CLEAN);
  writeFileSync(join(shop, 'skipped.yaml'), 'replicas: 3\n');
  const { err, out } = await call([shop]);
  expect(out).toContain('is defined in');
  expect(err).toContain('skipped.yaml: no Kubernetes object in it, skipped');
});

it('judges the objects of a file that holds the settings of a program too', async () => {
  const settings = 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes: []\n---\n';
  const { code, out } = await call([file('kind.yaml', `${settings}${CLEAN}---\n${CLEAN}`)]);
  expect(code).toBe(1);
  expect(out).toContain('is defined in');
});

it('judges every file, whatever another holds', async () => {
  file('mixed/broken.yaml', BROKEN);
  file('mixed/half.yaml', `${CLEAN.replace('settings', 'half')}---\nkind: [\n`);
  symlinkSync('nowhere', join(folder, 'mixed/link.yaml'));
  const { code, out } = await call([join(folder, 'mixed'), 'no-such-file.yaml']);
  expect(code).toBe(2);
  expect(out).toMatch(
    /half\.yaml:\d+:\d+[\s\S]*link\.yaml\n +no such file[\s\S]*no-such-file\.yaml\n +no such file[\s\S]*fits-schema/,
  );
  expect(out).toContain('2 objects in');
});

it('leaves out what a baseline lists, and says what of it is mended', async () => {
  const [broken, known] = [file('known/broken.yaml', BROKEN), join(folder, 'known.json')];
  expect(await call(['--write-baseline', known, broken])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/1 finding known/),
  });
  expect(await call(['--baseline', known, broken])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/nothing found/),
    err: '',
  });
  file('known/broken.yaml', CLEAN);
  expect(await call(['--baseline', known, broken])).toMatchObject({
    code: 0,
    err: expect.stringMatching(/1 finding of the baseline gone/),
  });
  expect(await call(['--baseline', broken, broken])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--baseline/),
  });
});

it('takes exemptions from a file, until their day', async () => {
  const broken = file('foreign.yaml', BROKEN);
  const list = (until: string): string =>
    file(
      'exemptions.yaml',
      `exemptions:\n- {rule: fits-schema, reason: mended with the next release, until: ${until}, objects: [ConfigMap/*/settings]}\n`,
    );
  expect(await call(['--exemptions', list('2026-11-28'), broken])).toMatchObject({ code: 0, err: '' });
  expect(await call(['--exemptions', list('2026-11-27'), broken])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/ended on 2026-11-27/),
  });
  for (const until of ['2027-02-31', '2027'])
    expect(await call(['--exemptions', list(until), broken])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/ends on no day/),
    });
  const misspelt = file('misspelt.yaml', 'exemptions:\n- {rule: fits-shcema, reason: mended with the next release}\n');
  expect(await call(['--exemptions', misspelt, broken])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--exemptions .*there is no rule fits-shcema; did you mean fits-schema\?/),
  });
  const wrong = file('wrong.yaml', 'exemptions:\n- {rule: a, until: soon, day: 1}\n');
  expect((await call(['--exemptions', wrong, broken])).err).toMatch(
    /has the key day[\s\S]*gives no reason[\s\S]*ends on no day/,
  );
});

it('fails, reports and leaves out as it is told', async () => {
  const broken = file('broken.yaml', BROKEN);
  expect((await call(['--fail-on', 'never', broken])).code).toBe(0);
  expect(await call(['--exclude', 'fits-schema', broken])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/nothing found/),
  });
  expect((await call(['--exclude', 'fits-shcema', broken])).err).toMatch(/did you mean fits-schema\?/);
  const custom = file('custom.yaml', CLEAN.replace('v1', 'example.org/v1').replace('ConfigMap', 'Shop'));
  expect((await call(['--fail-on', 'note', custom])).code).toBe(1);
  expect((await call(['--severity', 'error', custom])).out).toMatch(/nothing found/);
});

it('says once of the settings of another program that they are no object', async () => {
  const { code, out } = await call([file('docker-compose.yaml', 'services:\n  web: {image: nginx}\n')]);
  expect(code).toBe(1);
  expect(out).toMatch(/has neither apiVersion nor kind, and so is no Kubernetes object[\s\S]*\n1 error \(/);
});

const WITHOUT_TAG =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: cart}\nspec: {containers: [{name: cart, image: example.org/cart}]}\n';

it('evaluates rules of others beside its own', async () => {
  const module = file(
    'own-rules.mjs',
    `export default [{ id: 'has-owner', title: 'Objects name their owner', rationale: 'r', severity: 'error', docs: 'https://example.org',
      *check(platform) { for (const one of platform.resources) if (!one.labels.owner) yield { at: one.root, message: 'has no owner', fix: 'f' }; } }];`,
  );
  expect(await call(['--rules', module, file('clean.yaml', CLEAN)])).toMatchObject({
    code: 1,
    out: expect.stringMatching(/has-owner/),
  });
  expect((await call(['--rules', module, '--list'])).out).toMatch(/\nrules of others\n {2}has-owner +Objects name/);
  expect((await call(['--rules', 'none.mjs', 'x'])).err).toMatch(/--rules none\.mjs: /);
});

it.each([
  ['throws', "throw new Error('out of luck')", /rule own failed: out of luck/],
  ['yields what is no problem', "yield { message: 'm' }", /rule own failed: what it yields is no problem/],
])('names a rule of others that %s, with its file, and keeps what the other rules find', async (_what, body, said) => {
  const module = file(
    `own-${_what.replaceAll(' ', '-')}.mjs`,
    `export default [{ id: 'own', title: 't', rationale: 'r', docs: 'https://example.org', *check() { ${body}; } }];`,
  );
  const outcome = await call(['--rules', module, file('pod.yaml', WITHOUT_TAG)]);
  expect(outcome).toMatchObject({ code: 2, out: expect.stringContaining('image-exact-tag') });
  expect(outcome.err).toContain(`--rules ${module}: `);
  expect(outcome.err).toMatch(said);
});

it('holds alerts to the runbooks of a folder', async () => {
  const rule = cases('rules/runbooks-exist.yaml').find(({ name }) => name === 'near-miss')?.text ?? '';
  const alerts = file('alerts.yaml', rule.replace(/^ {2}annotations:\n.*\n/m, ''));
  const page = file('pages/HighErrorRate.md', '# HighErrorRate\n');
  expect((await call(['--runbooks', dirname(page), alerts])).code).toBe(0);
  file('pages-elsewhere/DiskFull.md', '# DiskFull\n');
  const { code, out } = await call(['--runbooks', join(folder, 'pages-elsewhere'), alerts]);
  expect(code).toBe(1);
  expect(out).toContain('HighErrorRate names the runbook HighErrorRate, which is not written');
  expect((await call(['--runbooks', join(folder, 'none'), alerts])).err).toMatch(/none: no such file or folder/);
});

it('compares with what stood before', async () => {
  const text = (wanted: string) => cases('rules/nothing-renamed.yaml').find(({ name }) => name === wanted)?.text ?? '';
  const [before, after] = [file('before.yaml', text('previous')), file('after.yaml', text('broken'))];
  expect((await call(['--previous', before, after])).out).toContain('was cart before');
  expect((await call(['--previous', after, after])).out).not.toContain('was cart before');
});

it.each([
  [['no-such-file.yaml'], /no-such-file\.yaml\n +no such file or folder$/m],
  [[file('template.yaml', '{{- if .Values.on }}\na: 1\n{{- end }}\n')], /give what it renders to: `helm template`/],
  [[file('tool/kustomization.yaml', KUSTOMIZATION)], /kustomization\.yaml: no Kubernetes manifests here/],
  [[file('bad.yaml', 'a: [')], /bad\.yaml:\d+:\d+$/m],
  [[file('list.yaml', '- 1\n- 2\n')], /a list, not a Kubernetes object/],
  [[file('empty.yaml', '# nothing\n')], /no Kubernetes object in it/],
  [['--format', 'xml', 'x'], /there is text, json, github, junit and sarif/],
  [['--colour'], /--colour/],
  [['/dev/zero'], /\/dev\/zero\n +a device, not a file$/m],
  [['--kubernetes', 'newest', 'x'], /--kubernetes newest: write a version such as 1\.32/],
  [['--previous', 'no-such-folder', file('here.yaml', CLEAN)], /--previous no-such-folder: no such file or folder/],
  [['--write-baseline', 'no/such/folder', file('known.yaml', CLEAN)], /--write-baseline no\/such\/folder: ENOENT/],
  [['--rules', file('none.mjs', 'export default [null];'), 'x'], /its default export is not a list of rules/],
  [['--explain', 'fits-shcema'], /did you mean fits-schema\?/],
  [[], /^usage:/],
] as const)('ends with 2 for %j', async (args, message) => {
  const { code, out, err } = await call(args);
  expect(code).toBe(2);
  expect(out + err).toMatch(message);
});
