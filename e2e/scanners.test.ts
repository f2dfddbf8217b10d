import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/v4';
import { run } from '../delivery/run.ts';
import { api } from '../guardrails/schema/api.ts';
import { requireProgram } from '../test/requires.ts';
import { build, type GoProgram } from './cluster/programs.ts';

const ROOT = join(import.meta.dirname, '..');
const ENVIRONMENTS = ['dev', 'staging', 'production'];
const KUBE_SCORE: GoProgram = {
  module: 'github.com/zegl/kube-score',
  version: 'v1.20.0',
  packages: ['cmd/kube-score'],
  shares: true,
  changed: {
    // A method that newer label sets must have.
    'score/internal/labelselector.go': (text) =>
      `${text}\nfunc (m MapLabels) Lookup(label string) (string, bool) { v, ok := m[label]; return v, ok }\n`,
  },
};
const KUBECONFORM: GoProgram = { module: 'github.com/yannh/kubeconform', version: 'v0.7.0', packages: [] };
const Scores = z.array(
  z.object({
    object_meta: z.object({ name: z.string() }),
    type_meta: z.object({ kind: z.string() }),
    checks: z.array(z.object({ check: z.object({ id: z.string() }), grade: z.number(), skipped: z.boolean() }).loose()),
  }),
);
const ALL_OK = 10;

const folder = mkdtempSync(join(tmpdir(), 'scanners-'));
const programs = { score: '', conform: '' };
afterAll(() => rmSync(folder, { recursive: true }));

/** Findings of kube-score in a file of manifests: `check: kind/name`. */
async function findingsOf(file: string): Promise<readonly string[]> {
  const flags = ['score', '--kubernetes-version=v1.28', '--output-format=json'];
  const { stdout, stderr } = await run(programs.score, [...flags, file], { cwd: ROOT });
  expect(stderr).toBe('');
  return Scores.parse(JSON.parse(stdout)).flatMap(({ object_meta, type_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade < ALL_OK && !skipped)
      .map(({ check }) => `${check.id}: ${type_meta.kind}/${object_meta.name}`),
  );
}

/** A definition of the API and those that it refers to. */
function neededBy(name: string, found: Record<string, unknown> = {}): Record<string, unknown> {
  if (name in found) return found;
  found[name] = api().definitions[name];
  for (const [, next = ''] of JSON.stringify(found[name]).matchAll(/"#\/definitions\/([^"]+)"/g)) neededBy(next, found);
  return found;
}

/** Rows of the page with a reason: check, environments, objects. */
function reasons(): readonly (readonly string[])[] {
  const page = readFileSync(join(ROOT, 'docs/reference/scanners.md'), 'utf8');
  return [...page.matchAll(/^\| `([^|]+)` \| ([^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].map(([, ...cells]) => cells);
}

describe.skipIf(requireProgram('go') === undefined)('the manifests, read by the scanners of others', () => {
  beforeAll(async () => {
    programs.score = await build(KUBE_SCORE, 'cmd/kube-score');
    programs.conform = await build(KUBECONFORM, 'cmd/kubeconform');
  });

  it('have no finding of kube-score without a written reason, and no reason without a finding', async () => {
    const accepted = reasons().flatMap(([check, environments = '', objects = '']) =>
      environments
        .split(', ')
        .flatMap((environment) => objects.split(', ').map((object) => `${environment} ${check}: ${object}`)),
    );
    const found = await Promise.all(
      ENVIRONMENTS.map(async (environment) =>
        (await findingsOf(join(ROOT, `dist/${environment}.k8s.yaml`))).map((finding) => {
          const [check, object = ''] = finding.split(': ');
          const kind = object.split('/')[0] ?? '';
          const everyone = `${environment} ${check}: every ${kind}`;
          return accepted.includes(everyone) ? everyone : `${environment} ${finding}`;
        }),
      ),
    );
    expect([...new Set(found.flat())].sort()).toEqual([...accepted].sort());
  });

  it('would have them: a container without a probe, a limit and a user of its own is found', async () => {
    const file = join(folder, 'bad.yaml');
    const container = { name: 'bad', image: 'docker.io/library/nginx:latest' };
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } };
    const spec = { replicas: 2, selector: { matchLabels: { a: 'b' } }, template };
    writeFileSync(file, JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bad' }, spec }));
    const checks = (await findingsOf(file)).map((finding) => finding.split(':')[0]);
    expect(checks).toEqual(
      expect.arrayContaining([
        'container-resources',
        'container-image-tag',
        'pod-networkpolicy',
        'container-security-context-user-group-id',
      ]),
    );
  });

  it('are what kubeconform takes as valid, each of them, and it finds a field that does not exist', async () => {
    for (const [kind, definition] of Object.entries(api().kinds)) {
      // Its path has names in small letters, and the core group's version twice.
      const file = join(folder, `${kind.startsWith('v1/') ? `v1/${kind}` : kind}.json`.toLowerCase());
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, JSON.stringify({ $ref: `#/definitions/${definition}`, definitions: neededBy(definition) }));
    }
    const schemas = `${folder}/{{ .Group }}/{{ .ResourceAPIVersion }}/{{ .ResourceKind }}.json`;
    const ask = (path: string) =>
      run(programs.conform, ['-strict', '-summary', '-schema-location', schemas, path], { cwd: ROOT });
    const good = await ask(join(ROOT, 'dist'));
    expect(good.stdout).toMatch(
      /Summary: \d{3,} resources found in \d+ files - Valid: \d{3,}, Invalid: 0, Errors: 0, Skipped: 0/,
    );
    expect(good.code).toBe(0);
    const file = join(folder, 'unknown.yaml');
    writeFileSync(
      file,
      readFileSync(join(ROOT, 'dist/dev.k8s.yaml'), 'utf8').replace('allowPrivilegeEscalation', 'allowEscalation'),
    );
    const bad = await ask(file);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('allowEscalation');
  });
});
