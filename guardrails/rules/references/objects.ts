import { load, YAMLException } from 'js-yaml';
import type { Field, Resource } from '../../field.ts';
import { missingUnlessBrought, type Reference } from '../../missing.ts';
import { type Platform, repeated } from '../../platform.ts';
import { each, eachObject, type Problem, rules } from '../../rule.ts';
import { definitionOf } from '../../schema/api.ts';
import { suggest } from '../../suggest.ts';

/** Namespaces that every cluster has. */
const OF_THE_CLUSTER = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
/** A program fills these in before it reads the file. */
const PLACEHOLDER = /\{\{|\$\{|<%/;

export const objectsRules = rules({
  'namespaces-declared': {
    title: 'Where namespaces are declared, every object is in one of them',
    rationale: 'In a namespace that does not exist an object is refused; in default nobody finds it.',
    docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/',
    *check(platform) {
      const declared = platform.ofKind('Namespace').map(({ name }) => name);
      const known = new Set(declared);
      const slips = new Map<string, string | undefined>();
      const isOurs = platform.environments.length > 0 || platform.resources.some(({ construct }) => construct);
      for (const resource of isOurs || declared.length > 0 ? platform.resources : []) {
        if (resource.namespace === '' || known.has(resource.namespace)) continue;
        if (!slips.has(resource.namespace)) slips.set(resource.namespace, suggest(resource.namespace, declared));
        const meant = slips.get(resource.namespace);
        const problem = strayed(resource, declared, meant, platform.environments.length > 0);
        // Charts are often installed into namespaces that somebody else makes: there, only a name that is nearly declared is a slip.
        const isSlip = isOurs || meant !== undefined;
        if (problem) yield { ...problem, severity: isSlip ? 'error' : 'note' };
      }
    },
  },
  'no-duplicates': {
    title: 'Nothing that the API server lets pass is defined twice: objects, variables, ports of a pod',
    rationale: 'The last one wins, silently: which one that is depends on the order of files and lines.',
    docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/names/',
    *check(platform) {
      yield* duplicatedObjects(platform.resources);
      for (const { containers, ports } of platform.workloads) {
        for (const { env } of containers) yield* twice(env, (variable) => variable.at('name').text, 'variable');
        const keyOf = (port: Field) => `${port.at('containerPort').scalar}/${port.at('protocol').text ?? 'TCP'}`;
        const fields = ports.map(({ field }) => field);
        yield* twice(fields, keyOf, 'port');
      }
    },
  },
  'config-files-parse': {
    title: 'Files in a ConfigMap that are called .json are JSON, and those called .yaml are YAML',
    rationale: 'The program refuses the file at its start, or goes on with the old one; a dashboard is not there.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps-as-files-from-a-pod',
    elsewhere: 'warning',
    check: eachObject('ConfigMap', function* (config) {
      for (const [name, at] of config.at('data').entries) {
        const wrong = whatIsWrong(name, at.text ?? '');
        if (wrong !== undefined) yield { at, message: `${name} does not parse: ${wrong}`, fix: 'Correct the file.' };
      }
    }),
  },
  'custom-references-exist': {
    title: 'Issuers, secret stores, middlewares, sources, projects and servers of webhooks that are named exist',
    rationale: 'Certificates and secrets never arrive, a route is not served, an application is not synchronised.',
    docs: 'https://doc.traefik.io/traefik/routing/providers/kubernetes-crd/',
    check: each(references, function* (reference, platform) {
      const { at, kind, namespace, name } = reference;
      const known = platform.find(kind, namespace, name);
      if (known?.kind === 'Service') yield* calledPort(at, known);
      if (known) return;
      const [other, space] = kind.startsWith('Cluster')
        ? [kind.replace('Cluster', ''), at.resource.namespace]
        : [`Cluster${kind}`, ''];
      const message = `${kind} ${name} does not exist, but ${other} ${name} does`;
      if (platform.find(other, space, name)) yield { at, message, fix: `Name it as a ${other}.` };
      else yield missingUnlessBrought(platform, reference);
    }),
  },
});

/** A custom resource that is not known here and names no namespace may have none. */
function strayed(
  resource: Resource,
  declared: readonly string[],
  meant: string | undefined,
  isDeclared: boolean,
): Problem | undefined {
  const { namespace, apiVersion, kind } = resource;
  const at = resource.at('metadata', 'namespace');
  const hasSlipped = !at.exists && isDeclared;
  const isKnown = OF_THE_CLUSTER.includes(namespace) || apiVersion.startsWith('argoproj.io/');
  if ((isKnown && !hasSlipped) || (!at.exists && definitionOf(apiVersion, kind) === undefined)) return undefined;
  return {
    at,
    message: hasSlipped
      ? 'names no namespace, so it lands in default'
      : `namespace ${namespace} is not declared: there is ${first(declared) || 'none'}`,
    fix: meant ? `Did you mean ${meant}?` : 'Name a namespace that is declared, or declare this one.',
  };
}

/** A few names are read; of thousands, nobody reads any. */
function first(names: readonly string[]): string {
  const more = names.length - 10;
  return more > 1 ? `${names.slice(0, 10).join(', ')} and ${more} more` : names.join(', ');
}

/** The same cluster-scoped object in several files, word for word, is one that each file needs: applying it twice changes nothing. */
function* duplicatedObjects(resources: readonly Resource[]): Iterable<Problem> {
  const named = resources.filter(({ name }) => name !== '');
  for (const [resource, first] of repeated(named, (one) => `${one.group}/${one}`)) {
    if (isShared(first, resource)) continue;
    const message = `is defined in ${first.origin.file} already`;
    yield { at: resource.at('metadata', 'name'), message, fix: 'Remove one of them, or rename it.' };
  }
}

function isShared(one: Resource, other: Resource): boolean {
  if (one.namespace !== '' || one.origin.file === other.origin.file) return false;
  return JSON.stringify(one.root.value) === JSON.stringify(other.root.value);
}

function* twice(
  fields: readonly Field[],
  keyOf: (field: Field) => string | undefined,
  what: string,
): Iterable<Problem> {
  for (const [at] of repeated(fields, keyOf))
    yield { at, message: `${what} ${keyOf(at)} is defined twice`, fix: 'Remove one of them, or rename it.' };
}

/** Files that are templates themselves are left alone; YAML with tags of its own (`!reference`) cannot be judged. */
function whatIsWrong(name: string, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  if (name.endsWith('.json')) return whatIsWrongInJson(text);
  const isYaml = /\.ya?ml$/.test(name) && !PLACEHOLDER.test(text) && !/(^|\s)!\w|^---/m.test(text);
  return isYaml ? whatIsWrongInYaml(text) : undefined;
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

/** What names something else, by the kind that names, the way to the reference or the name, and the kind that is named. */
const REFERENCES: readonly (readonly [kind: string, path: readonly string[], named: string])[] = [
  ['Certificate', ['spec', 'issuerRef'], 'Issuer'],
  ['ExternalSecret', ['spec', 'secretStoreRef'], 'SecretStore'],
  ['Ingress', ['metadata', 'annotations', 'cert-manager.io/cluster-issuer'], 'ClusterIssuer'],
  ['Ingress', ['metadata', 'annotations', 'cert-manager.io/issuer'], 'Issuer'],
  ['IngressRoute', ['spec', 'routes', '*', 'middlewares', '*', 'name'], 'Middleware'],
  ['Application', ['spec', 'project'], 'AppProject'],
  ['HTTPRoute', ['spec', 'parentRefs', '*'], 'Gateway'],
  ['GRPCRoute', ['spec', 'parentRefs', '*'], 'Gateway'],
  ['HelmRelease', ['spec', 'chart', 'spec', 'sourceRef'], 'HelmRepository'],
  ['Kustomization', ['spec', 'sourceRef'], 'GitRepository'],
  ['ValidatingWebhookConfiguration', ['webhooks', '*', 'clientConfig', 'service'], 'Service'],
  ['MutatingWebhookConfiguration', ['webhooks', '*', 'clientConfig', 'service'], 'Service'],
  ['APIService', ['spec', 'service'], 'Service'],
  ['ValidatingAdmissionPolicyBinding', ['spec', 'policyName'], 'ValidatingAdmissionPolicy'],
  ['MutatingAdmissionPolicyBinding', ['spec', 'policyName'], 'MutatingAdmissionPolicy'],
];

/** The API server calls a webhook on a port of its Service, 443 unless it is told of another. */
function* calledPort(name: Field, service: Resource): Iterable<Problem> {
  const at = name.resource.at(...name.path.slice(0, -1), 'port');
  const ports = service.all('spec', 'ports', '*', 'port').flatMap(({ number }) => number ?? []);
  const wanted = at.number ?? 443;
  if (ports.length === 0 || ports.includes(wanted)) return;
  const message = `${service} has no port ${wanted}: it has ${ports.join(', ')}`;
  yield { at, message, fix: 'Name a port of the Service, not of its pods.' };
}

function* references(platform: Platform): Iterable<Reference> {
  for (const [kind, path, named] of REFERENCES) {
    for (const at of platform.ofKind(kind).flatMap((resource) => resource.all(...path))) {
      const reference = referenceAt(at, named);
      if (reference) yield reference;
    }
  }
  for (const { root } of platform.ofKind('SecretStore', 'Issuer')) yield* accounts(root.at('spec'));
  for (const ingress of platform.ofKind('Ingress')) yield* middlewares(ingress);
}

/** A reference of kind `X` is to the same namespace or the one that it names, of `ClusterX` to none. `default` and names of providers always exist. */
function referenceAt(ref: Field, named: string): Reference | undefined {
  const at = ref.text === undefined ? ref.at('name') : ref;
  const kind = ref.at('kind').text ?? named;
  const { text: name } = at;
  if (name === undefined || name.includes('@') || (kind === 'AppProject' && name === 'default')) return undefined;
  if (named === 'Gateway' && kind !== named) return undefined;
  const namespace = ref.at('namespace').text ?? ref.resource.namespace;
  return { at, kind, namespace: kind.startsWith('Cluster') ? '' : namespace, name };
}

/** The service accounts that a provider's settings name, however deep. */
function* accounts(field: Field): Iterable<Reference> {
  for (const [key, value] of field.entries) {
    const { text: name } = value.at('name');
    if (key !== 'serviceAccountRef' || name === undefined) yield* accounts(value);
    else yield { at: value.at('name'), kind: 'ServiceAccount', namespace: field.resource.namespace, name };
  }
}

/** Traefik's middlewares of an Ingress, as `<namespace>-<name>@kubernetescrd`. */
function* middlewares({ namespace, root }: Resource): Iterable<Reference> {
  const at = root.at('metadata', 'annotations', 'traefik.ingress.kubernetes.io/router.middlewares');
  for (const mention of (at.text ?? '').split(',').map((part) => part.trim())) {
    const name = mention.replace(/@kubernetescrd$/, '');
    const own = name.startsWith(`${namespace}-`) ? name.slice(namespace.length + 1) : name;
    if (name !== mention) yield { at, kind: 'Middleware', namespace, name: own };
  }
}
