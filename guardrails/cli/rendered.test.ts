import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { BROKEN, CLEAN, call, KUSTOMIZATION, workplace } from '../fixtures/command-line.ts';

const { folder, file } = workplace();
afterEach(() => {
  vi.unstubAllEnvs();
});

it('judges the files of a kustomization without its patches where no tool renders it, and says so', async () => {
  vi.stubEnv('PATH', join(folder, 'no-tools'));
  file('kustomized/kustomization.yaml', `${KUSTOMIZATION}patches: [{path: patch.yaml}]\n`);
  file('kustomized/patch.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n');
  file('kustomized/values.yaml', 'replicas: {{ 3 }}\n');
  file('kustomized/node_modules/other/deploy.yaml', BROKEN);
  file('kustomized/shop.yaml', CLEAN);
  const { code, out, err } = await call([join(folder, 'kustomized')]);
  expect(code).toBe(0);
  expect(out).toContain('1 object in 1 file');
  expect(err).toMatch(/kustomized: a kustomization.*install kustomize/);
  expect(err).toMatch(/kustomization\.yaml: no Kubernetes object/);
});

it('renders a kustomization and a chart by their tools, and tells what they complain of', async () => {
  vi.stubEnv('PATH', join(folder, 'tools'));
  file('rendered/kustomization.yaml', KUSTOMIZATION);
  file('tools/kustomize', `#!/bin/sh\n[ "$1" = build ] && printf '${CLEAN.replaceAll('\n', '\\n')}'\n`);
  chmodSync(join(folder, 'tools/kustomize'), 0o755);
  expect(await call([join(folder, 'rendered')])).toMatchObject({
    code: 0,
    out: expect.stringMatching(/1 object in 1 file/),
    err: '',
  });
  file('layers/base/kustomization.yaml', KUSTOMIZATION);
  file('layers/part/kustomization.yaml', KUSTOMIZATION.replace('kind: Kustomization', 'kind: Component'));
  file('layers/prod/kustomization.yaml', KUSTOMIZATION.replace('shop.yaml', '../base, ../part'));
  const layers = async () => (await call([join(folder, 'layers')])).out;
  // What others build upon is judged as they make it, once, and by itself where they make nothing.
  expect(await layers()).toContain('1 object in 1 file');
  expect((await call([join(folder, 'layers/part')])).out).toContain('1 object in 1 file');
  const makes = readFileSync(join(folder, 'tools/kustomize'), 'utf8');
  file('tools/kustomize', makes.replace('\n', '\ncase "$*" in *prod*) echo no >&2; exit 1;; esac\n'));
  expect(await layers()).toContain('2 objects in 3 files');
  file('tools/kustomize', '#!/bin/sh\necho must specify --enable-helm >&2\nexit 1\n');
  expect((await call([join(folder, 'rendered')])).err).toMatch(
    /a kustomization of charts.*kustomize build --enable-helm/,
  );
  file('chart/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 0.1.0\n');
  file('chart/templates/shop.yaml', '{{ .Values.x }}\n');
  expect(await call([join(folder, 'chart')])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/a Helm chart, not judged: install helm/),
  });
  file('tools/helm', '#!/bin/sh\necho no such value >&2\nexit 1\n');
  chmodSync(join(folder, 'tools/helm'), 0o755);
  expect(await call([join(folder, 'chart')])).toMatchObject({
    code: 2,
    out: expect.stringMatching(/helm cannot render it: no such value/),
  });
});
