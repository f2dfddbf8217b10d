import { load, YAMLException } from 'js-yaml';
import type { Field, Resource } from '../../field.ts';
import { missingUnlessBrought, type Reference } from '../../missing.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';
import { definitionOf } from '../../schema/api.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

/** Namespaces that every cluster has. */
const BY_THE_CLUSTER = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/**
 * Quiet for manifests of others that declare none at all: many charts are installed into a namespace that somebody else makes. A custom resource
 * that is not known here and names no namespace may have none.
 */
const namespacesDeclared: Rule = {
  id: 'namespaces-declared',
  title: 'Where namespaces are declared, every object is in one of them',
  rationale:
    'An object in a namespace that does not exist is refused; one that slipped into default is found by nobody.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
  *check(platform) {
    const declared = platform.ofKind('Namespace').map(({ name }) => name);
    if (!platform.resources.some(({ kind, construct }) => kind === 'Namespace' || construct !== undefined)) return;
    for (const resource of platform.resources) {
      const { namespace } = resource;
      if (namespace === '' || declared.includes(namespace)) continue;
      const at = resource.at('metadata', 'namespace');
      const slipped = !at.exists && platform.environments.length > 0;
      if (!at.exists && definitionOf(resource.apiVersion, resource.kind) === undefined) continue;
      const known = BY_THE_CLUSTER.has(namespace) || resource.apiVersion.startsWith('argoproj.io/');
      if (known && !slipped) continue;
      const meant = suggest(namespace, declared);
      yield {
        at,
        message: slipped
          ? 'names no namespace, so it lands in default'
          : `namespace ${namespace} is not declared: there is ${declared.join(', ') || 'none'}`,
        fix: meant === undefined ? 'Name a namespace that is declared, or declare this one.' : `Did you mean ${meant}?`,
      };
    }
  },
};

const noDuplicates: Rule = {
  id: 'no-duplicates',
  title: 'Nothing that the API server lets pass is defined twice: objects, variables, ports of a pod',
  rationale: 'The last one wins, silently: which one that is depends on the order of files and lines.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
  *check(platform) {
    yield* duplicatedObjects(platform.resources);
    for (const workload of platform.workloads) yield* duplicatedParts(workload);
  },
};

/** The same cluster-scoped object in several files, word for word, is one that each file needs: applying it twice changes nothing. */
function* duplicatedObjects(resources: readonly Resource[]): Iterable<Problem> {
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    if (resource.name === '') continue;
    const key = `${resource.group}/${resource}`;
    const first = seen.get(key);
    if (!first) seen.set(key, resource);
    else if (first.origin.file === resource.origin.file || resource.namespace !== '' || !isSame(first, resource)) {
      yield {
        at: resource.at('metadata', 'name'),
        message: `is defined in ${first.origin.file} already`,
        fix: 'Remove one of them, or rename it.',
      };
    }
  }
}

function isSame(one: Resource, other: Resource): boolean {
  return JSON.stringify(one.root.value) === JSON.stringify(other.root.value);
}

function* duplicatedParts({ containers }: Workload): Iterable<Problem> {
  for (const { env } of containers) yield* twice(env, (variable) => variable.at('name').text, 'variable');
  const ports = containers.filter(({ role }) => role !== 'init').flatMap((container) => container.ports);
  yield* twice(
    ports.map((port) => port.field),
    (port) => `${port.at('containerPort').scalar}/${port.at('protocol').text ?? 'TCP'}`,
    'port',
  );
}

function* twice(
  fields: readonly Field[],
  keyOf: (field: Field) => string | undefined,
  what: string,
): Iterable<Problem> {
  const seen = new Set<string>();
  for (const field of fields) {
    const key = keyOf(field);
    if (key === undefined) continue;
    if (seen.has(key))
      yield { at: field, message: `${what} ${key} is defined twice`, fix: 'Remove one of them, or rename it.' };
    seen.add(key);
  }
}

/** A program fills these in before it reads the file. */
const PLACEHOLDER = /\{\{|\$\{|<%/;

/** Files that are templates themselves are left alone; YAML with tags of its own (`!reference`) cannot be judged. */
const configFilesParse: Rule = {
  id: 'config-files-parse',
  title: 'Files in a ConfigMap that are called .json are JSON, and those called .yaml are YAML',
  rationale:
    'The program refuses the file when it starts, or goes on with the old one; a dashboard is simply not there.',
  docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps-as-files-from-a-pod',
  *check(platform) {
    for (const config of platform.ofKind('ConfigMap')) {
      for (const [name, at] of config.at('data').entries) {
        const wrong = at.text === undefined ? undefined : whatIsWrong(name, at.text);
        if (wrong === undefined) continue;
        yield {
          at,
          message: `${name} does not parse: ${wrong}`,
          fix: 'Correct the file.',
          severity: platform.environmentOf(config.namespace) ? 'error' : 'warning',
        };
      }
    }
  },
};

function whatIsWrong(name: string, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  if (name.endsWith('.json')) return whatIsWrongInJson(text);
  const judged = /\.ya?ml$/.test(name) && !PLACEHOLDER.test(text) && !/(^|\s)!\w|^---/m.test(text);
  return judged ? whatIsWrongInYaml(text) : undefined;
}

function whatIsWrongInYaml(text: string): string | undefined {
  try {
    load(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return `${error.reason}, in its line ${error.mark.line + 1}`;
  }
}

/** Engines word the error differently; the position is the same in all, where they tell it. */
function whatIsWrongInJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    if (PLACEHOLDER.test(text.replaceAll(/"(?:[^"\\\n]|\\.)*"?/g, '""'))) return undefined;
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
    return `it is no JSON from its line ${text.slice(0, position).split('\n').length} on`;
  }
}

const customReferencesExist: Rule = {
  id: 'custom-references-exist',
  title: 'Issuers, secret stores, middlewares and projects that custom resources name exist',
  rationale: 'Certificates and secrets never arrive, a route is not served at all, an application is not synchronised.',
  docs: 'https://doc.traefik.io/traefik/routing/providers/kubernetes-crd/',
  *check(platform) {
    for (const reference of references(platform)) {
      const { kind, namespace, name } = reference;
      if (!platform.find(kind, namespace, name)) yield missingUnlessBrought(platform, reference);
    }
  },
};

function* references(platform: Platform): Iterable<Reference> {
  for (const { namespace, root } of platform.ofKind('Certificate'))
    yield* scoped(root.at('spec', 'issuerRef'), 'Issuer', namespace);
  for (const { namespace, root } of platform.ofKind('ExternalSecret'))
    yield* scoped(root.at('spec', 'secretStoreRef'), 'SecretStore', namespace);
  for (const { namespace, root } of platform.ofKind('SecretStore', 'Issuer'))
    yield* accounts(root.at('spec'), namespace);
  for (const { namespace, root } of platform.ofKind('Ingress'))
    yield* ofIngress(root.at('metadata', 'annotations'), namespace);
  for (const { namespace, root } of platform.ofKind('IngressRoute')) {
    for (const at of root
      .at('spec', 'routes')
      .items.flatMap((route) => route.at('middlewares').items.map((ref) => ref.at('name')))) {
      if (at.text !== undefined && !at.text.includes('@')) yield { at, kind: 'Middleware', namespace, name: at.text };
    }
  }
  for (const { namespace, root } of platform.ofKind('Application')) {
    const at = root.at('spec', 'project');
    if (at.text !== undefined && at.text !== 'default') yield { at, kind: 'AppProject', namespace, name: at.text };
  }
  for (const { namespace, root } of platform.ofKind('HTTPRoute', 'GRPCRoute')) {
    for (const ref of root.at('spec', 'parentRefs').items) {
      const name = ref.at('name').text;
      if ((ref.at('kind').text ?? 'Gateway') !== 'Gateway' || name === undefined) continue;
      yield { at: ref.at('name'), kind: 'Gateway', namespace: ref.at('namespace').text ?? namespace, name };
    }
  }
}

/** A reference whose kind is `X` in the same namespace or `ClusterX` anywhere. */
function* scoped(ref: Field, kind: string, namespace: string): Iterable<Reference> {
  const name = ref.at('name').text;
  const given = ref.at('kind').text ?? kind;
  if (name !== undefined)
    yield { at: ref.at('name'), kind: given, namespace: given.startsWith('Cluster') ? '' : namespace, name };
}

/** The service accounts that a provider's settings name, however deep. */
function* accounts(field: Field, namespace: string): Iterable<Reference> {
  for (const [key, value] of field.entries) {
    const name = value.at('name').text;
    if (key === 'serviceAccountRef' && name !== undefined)
      yield { at: value.at('name'), kind: 'ServiceAccount', namespace, name };
    else yield* accounts(value, namespace);
  }
}

/** Middlewares as `<namespace>-<name>@kubernetescrd`, and the issuer of cert-manager. */
function* ofIngress(annotations: Field, namespace: string): Iterable<Reference> {
  const middlewares = annotations.at('traefik.ingress.kubernetes.io/router.middlewares');
  for (const mention of (middlewares.text ?? '').split(',')) {
    const name = mention.trim().replace(/@kubernetescrd$/, '');
    if (name === mention.trim()) continue;
    yield {
      at: middlewares,
      kind: 'Middleware',
      namespace,
      name: name.startsWith(`${namespace}-`) ? name.slice(namespace.length + 1) : name,
    };
  }
  for (const [key, kind] of [
    ['cert-manager.io/cluster-issuer', 'ClusterIssuer'],
    ['cert-manager.io/issuer', 'Issuer'],
  ] as const) {
    const at = annotations.at(key);
    if (at.text !== undefined) yield { at, kind, namespace: kind === 'Issuer' ? namespace : '', name: at.text };
  }
}

export const objectsRules: readonly Rule[] = [
  namespacesDeclared,
  noDuplicates,
  configFilesParse,
  customReferencesExist,
];
