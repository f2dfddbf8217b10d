import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesize } from '../charts/synthesize.ts';
import { CONSTRUCT } from '../guardrails/annotations.ts';
import { isClusterScoped } from '../guardrails/field.ts';
import { readFolder } from '../output/files.ts';
import { judge } from '../output/judge.ts';
import { fileText } from '../output/manifest-yaml.ts';
import { at } from './manifests.ts';
import { PLATFORM } from './platform.ts';

const DIST = join(import.meta.dirname, '..', 'dist');
const FILES = synthesize(PLATFORM);
const OBJECTS = FILES.flatMap(({ path, objects }) =>
  objects.map((object) => ({
    object,
    path,
    what: `${path}: ${object['kind']} ${at(object, 'metadata.namespace') ?? ''}/${at(object, 'metadata.name')}`,
  })),
);

/** Files of an environment itself; what needs operators is below addons/. */
const ENVIRONMENT_FILES = FILES.filter(({ path }) => !path.startsWith('addons/'));

describe('the committed dist/', () => {
  it.each(FILES)('$path is what charts/ make (if not: npm run synth, and read the diff)', async (file) => {
    await expect(fileText(file)).toMatchFileSnapshot(join(DIST, file.path));
  });

  it('holds no file that nothing makes (if so: npm run synth)', () => {
    expect([...readFolder(DIST).keys()].sort()).toEqual(FILES.map(({ path }) => path).sort());
  });
});

describe('synthesis', () => {
  it('makes the same bytes again', () => {
    expect(synthesize(PLATFORM).map(fileText)).toEqual(FILES.map(fileText));
  });

  it('makes one file an environment, and its addons', () => {
    const wanted = PLATFORM.environments.map(({ name }) => `${name}.k8s.yaml`);
    expect(ENVIRONMENT_FILES.map(({ path }) => path)).toEqual(wanted);
  });
});

describe('every object', () => {
  it('holds every guardrail: the Kubernetes schema and Pod Security `restricted` among them', () => {
    const texts = new Map(FILES.map((file) => [file.path, fileText(file)]));
    expect(judge(FILES, texts, { before: new Map() })).toMatch(/^guardrails: /);
  });

  it('holds no value that says nothing: null, NaN, undefined, [object Object]', () => {
    const wrong = OBJECTS.flatMap(({ object, what }) => emptyValues(object).map((path) => `${what} ${path}`));
    expect(wrong).toEqual([]);
  });

  it('has a name that a person chose: no hash in it', () => {
    const hashed = OBJECTS.filter(({ object }) =>
      /-c[0-9a-f]{7}$|[0-9a-f]{8,}/.test(String(at(object, 'metadata.name'))),
    );
    expect(hashed.map(({ what }) => what)).toEqual([]);
  });

  it('has the recommended labels', () => {
    const keys = ['name', 'instance', 'component', 'part-of', 'managed-by'].map((key) => `app.kubernetes.io/${key}`);
    const wrong = OBJECTS.filter(({ object }) => {
      const labels = new Map(Object.entries(at(object, 'metadata.labels') ?? {}));
      return keys.some((key) => !labels.has(key));
    });
    expect(wrong.map(({ what }) => what)).toEqual([]);
  });

  it('says which construct made it', () => {
    const wrong = OBJECTS.filter(
      ({ object }) => typeof Object(at(object, 'metadata.annotations'))[CONSTRUCT] !== 'string',
    );
    expect(wrong.map(({ what }) => what)).toEqual([]);
  });

  it('stands once', () => {
    const seen = OBJECTS.map(({ what, object }) => `${object['apiVersion']} ${what.replace(/^.*?: /, '')}`);
    expect(seen.filter((what, index) => seen.indexOf(what) !== index)).toEqual([]);
  });

  it('names its namespace, unless it is in none', () => {
    const wrong = OBJECTS.filter(
      ({ object }) =>
        isClusterScoped({ kind: String(object['kind']) }) === (at(object, 'metadata.namespace') !== undefined),
    );
    expect(wrong.map(({ what }) => what)).toEqual([]);
  });
});

describe.each(ENVIRONMENT_FILES)('$path', ({ objects }) => {
  it('holds built-in APIs only', () => {
    const groups = new Set(objects.map((object) => String(object['apiVersion']).replace(/\/?[^/]+$/, '')));
    const builtIn = ['', 'apps', 'autoscaling', 'batch', 'policy'];
    expect([...groups].filter((group) => !builtIn.includes(group) && !/^[a-z.]+\.k8s\.io$/.test(group))).toEqual([]);
    expect([...groups]).not.toContain('gateway.networking.k8s.io');
  });

  it('applies in one pass: a namespace comes before what is in it', () => {
    const made = new Set<unknown>();
    for (const object of objects) {
      const namespace = at(object, 'metadata.namespace');
      if (namespace !== undefined) expect([...made]).toContain(namespace);
      if (object['kind'] === 'Namespace') made.add(at(object, 'metadata.name'));
    }
  });

  it('applies in one pass: accounts, configuration and priority come before the pods that use them', () => {
    const made = new Set<string>();
    for (const object of objects) {
      const namespace = at(object, 'metadata.namespace');
      const missing = usedByPods(object).filter((used) => !made.has(`${namespace}/${used}`) && !made.has(`/${used}`));
      expect(missing).toEqual([]);
      made.add(`${namespace ?? ''}/${object['kind']}/${at(object, 'metadata.name')}`);
    }
  });
});

/** Paths of values that are nothing, or text that tells of a slip of ours. */
function emptyValues(value: unknown, path = ''): string[] {
  if (value === null || value === undefined || Number.isNaN(value)) return [`${path} is ${value}`];
  if (typeof value === 'string') return /\[object |\bundefined\b/.test(value) ? [`${path} is '${value}'`] : [];
  return typeof value === 'object'
    ? Object.entries(value).flatMap(([key, child]) => emptyValues(child, `${path}.${key}`))
    : [];
}

/** What must be there when the pods of a workload are made, as `Kind/name`. */
function usedByPods(object: unknown): string[] {
  const pod = at(object, 'spec.jobTemplate.spec.template.spec') ?? at(object, 'spec.template.spec');
  if (pod === undefined) return [];
  const used = (kind: string, name: unknown) => (typeof name === 'string' ? [`${kind}/${name}`] : []);
  const volumes = listOf(at(pod, 'volumes')).flatMap((volume) => [
    ...used('ConfigMap', at(volume, 'configMap.name')),
    ...listOf(at(volume, 'projected.sources')).flatMap((source) => used('ConfigMap', at(source, 'configMap.name'))),
  ]);
  const environment = listOf(at(pod, 'containers'))
    .flatMap((container) => listOf(at(container, 'envFrom')))
    .flatMap((source) => used('ConfigMap', at(source, 'configMapRef.name')));
  return [
    ...used('ServiceAccount', at(pod, 'serviceAccountName')),
    ...used('PriorityClass', at(pod, 'priorityClassName')),
    ...volumes,
    ...environment,
  ];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
