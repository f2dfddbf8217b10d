import { NAMESPACE } from '../../guardrails/annotations.ts';
import type { Field } from '../../guardrails/field.ts';
import type { Resource } from '../../guardrails/resource.ts';
import type { Snapshot } from '../diff/snapshot.ts';

/** Short names and plurals of kubectl, by kind in lower case. */
const ALIASES: Readonly<Record<string, string>> = {
  deploy: 'deployment',
  sts: 'statefulset',
  svc: 'service',
  hpa: 'horizontalpodautoscaler',
  pdb: 'poddisruptionbudget',
  cm: 'configmap',
  ns: 'namespace',
  ing: 'ingress',
  ingresses: 'ingress',
  netpol: 'networkpolicy',
  networkpolicies: 'networkpolicy',
  sa: 'serviceaccount',
  quota: 'resourcequota',
  pvc: 'persistentvolumeclaim',
  po: 'pod',
  no: 'node',
  es: 'externalsecret',
  app: 'application',
};

/** Kinds whose names the cluster gives. */
const NAMED_BY_CLUSTER = new Set([
  'node',
  'event',
  'replicaset',
  'persistentvolume',
  'ingressclas',
  'storageclas',
  'job',
  'lease',
  'endpointslice',
  'crd',
  'apiservice',
  'challenge',
  'order',
]);

/** What a command may name: the objects of dist/, the pods and secrets that follow from them. */
export class KnownObjects {
  readonly #resources: readonly Resource[];

  constructor(snapshot: Snapshot) {
    this.#resources = [...snapshot.values()];
  }

  namespace(name: string): boolean {
    return (
      name === 'kube-system' ||
      name === 'argocd' ||
      this.#resources.some((object) => object.kind === 'Namespace' && object.name === name)
    );
  }

  /** Whether the API serves objects of this kind here: one is in dist/, or the cluster makes them. */
  kind(word: string): boolean {
    const kind = kindOf(word);
    return (
      kind === 'pod' ||
      kind === 'secret' ||
      NAMED_BY_CLUSTER.has(kind) ||
      this.#resources.some((object) => object.kind.toLowerCase() === kind)
    );
  }

  object(word: string, namespace: string, name: string): boolean {
    const kind = kindOf(word);
    if (NAMED_BY_CLUSTER.has(kind) || name.startsWith('$')) return true;
    if (kind === 'pod') return this.#isPod(namespace, name);
    if (kind === 'secret' && this.#isProvided(namespace, name)) return true;
    return this.#resources.some(
      (object) =>
        object.kind.toLowerCase() === kind &&
        object.name === name &&
        (object.namespace === '' || object.namespace === namespace),
    );
  }

  /** Ports of a Service, or of the containers of what runs pods. */
  ports(word: string, namespace: string, name: string): readonly (number | undefined)[] {
    const object = this.#find(word, namespace, name);
    if (object === undefined) return [];
    if (object.kind === 'Service') return object.at('spec', 'ports').items.map((port) => port.at('port').number);
    return this.#containers(object).flatMap((container) =>
      container.at('ports').items.map((port) => port.at('containerPort').number),
    );
  }

  /** Names of the containers of what runs pods. */
  containers(word: string, namespace: string, name: string): readonly (string | undefined)[] {
    const object = this.#find(word, namespace, name);
    return object === undefined ? [] : this.#containers(object).map((container) => container.at('name').text);
  }

  /** Whether `key=value,...` selects anything of the namespace. */
  selector(selector: string, namespace: string): boolean {
    const pairs = selector.split(',').map((pair) => pair.split('='));
    return this.#resources
      .filter((object) => object.namespace === namespace)
      .some((object) => {
        const labels = { ...object.labels, ...object.at('spec', 'template', 'metadata', 'labels').texts };
        return pairs.every(([key, value]) => key !== undefined && labels[key] === value);
      });
  }

  #find(word: string, namespace: string, name: string): Resource | undefined {
    return this.#resources.find(
      (object) => object.kind.toLowerCase() === kindOf(word) && object.name === name && object.namespace === namespace,
    );
  }

  #containers(object: Resource): readonly Field[] {
    const pod = object.at('spec', 'template', 'spec');
    return [...pod.at('containers').items, ...pod.at('initContainers').items];
  }

  /** Only the pods of a StatefulSet have names that can be known: `redis-0`. */
  #isPod(namespace: string, name: string): boolean {
    const set = this.#resources.find(
      (object) =>
        object.kind === 'StatefulSet' && object.namespace === namespace && object.name === name.replace(/-\d+$/, ''),
    );
    return set !== undefined && Number(/\d+$/.exec(name)?.[0] ?? Infinity) < (set.at('spec', 'replicas').number ?? 1);
  }

  #isProvided(namespace: string, name: string): boolean {
    const owner = this.#resources.find((object) => object.kind === 'Namespace' && object.name === namespace);
    return new RegExp(`^Secret/${name}:`, 'm').test(owner?.annotations[NAMESPACE.provided] ?? '');
  }
}

function kindOf(word: string): string {
  const lower = word.toLowerCase().replace(/\..*$/, '');
  return ALIASES[lower] ?? ALIASES[lower.replace(/s$/, '')] ?? lower.replace(/s$/, '');
}
