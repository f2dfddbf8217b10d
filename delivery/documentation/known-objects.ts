import { NAMESPACE } from '../../guardrails/annotations.ts';
import type { Field } from '../../guardrails/field.ts';
import type { Resource } from '../../guardrails/resource.ts';
import type { Snapshot } from '../diff/snapshot.ts';
import { kindOf, NAMED_BY_CLUSTER } from './kinds.ts';

/** A name that the reader fills in: `$POD`, `POD`, `redis-$n`, `redis-N`. */
const PLACEHOLDER = /\$|^[A-Z][A-Z_]+$|-N$/;

/** The namespace of a command that names none: the reader has chosen one, so any will do. */
export const ANY_NAMESPACE = '';

/** Namespaces that somebody else fills. */
const FOREIGN_NAMESPACES = new Set(['default', 'kube-system', 'traefik', 'cert-manager', 'external-secrets']);

/** What a command may name: the objects of dist/, the pods and secrets that follow from them. */
export class KnownObjects {
  readonly #resources: readonly Resource[];

  constructor(snapshot: Snapshot) {
    this.#resources = [...snapshot.values()];
  }

  /** Whether nothing can be known of it: the reader fills the name in, or somebody else fills the namespace. */
  isOpen(namespace: string, name: string): boolean {
    return PLACEHOLDER.test(name) || FOREIGN_NAMESPACES.has(namespace);
  }

  namespace(name: string): boolean {
    return (
      name === ANY_NAMESPACE ||
      FOREIGN_NAMESPACES.has(name) ||
      this.#resources.some((object) => object.namespace === name)
    );
  }

  /** Whether the API serves objects of this kind here: one is in dist/, or the cluster makes them. */
  kind(word: string): boolean {
    const kind = kindOf(word);
    if (kind === 'pod' || kind === 'secret' || NAMED_BY_CLUSTER.has(kind)) return true;
    return this.#resources.some((object) => object.kind.toLowerCase() === kind);
  }

  object(word: string, namespace: string, name: string): boolean {
    const kind = kindOf(word);
    if (NAMED_BY_CLUSTER.has(kind) || this.isOpen(namespace, name)) return true;
    if (kind === 'pod') return this.#isPod(namespace, name);
    if (kind === 'secret' && this.#isProvided(namespace, name)) return true;
    return this.#find(word, namespace, name) !== undefined;
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
    if (FOREIGN_NAMESPACES.has(namespace)) return true;
    const pairs = selector.split(',').map((pair) => pair.split('='));
    return this.#resources
      .filter((object) => namespace === ANY_NAMESPACE || object.namespace === namespace)
      .some((object) => {
        const labels = { ...object.labels, ...object.at('spec', 'template', 'metadata', 'labels').texts };
        return pairs.every(([key, value]) => key !== undefined && labels[key] === value);
      });
  }

  /** The object itself; for a pod, the StatefulSet that numbers it. */
  #find(word: string, namespace: string, name: string): Resource | undefined {
    const isPod = kindOf(word) === 'pod';
    const kind = isPod ? 'statefulset' : kindOf(word);
    const own = isPod ? name.replace(/-\d+$/, '') : name;
    return this.#resources.find(
      (object) =>
        object.kind.toLowerCase() === kind &&
        object.name === own &&
        (object.namespace === '' || namespace === ANY_NAMESPACE || object.namespace === namespace),
    );
  }

  #containers(object: Resource): readonly Field[] {
    const pod = object.at('spec', 'template', 'spec');
    return [...pod.at('containers').items, ...pod.at('initContainers').items];
  }

  /** Only the pods of a StatefulSet have names that can be known: `redis-0`. */
  #isPod(namespace: string, name: string): boolean {
    const number = Number(/\d+$/.exec(name)?.[0] ?? Infinity);
    const sets = this.#resources.filter(
      (object) =>
        object.kind === 'StatefulSet' &&
        object.name === name.replace(/-\d+$/, '') &&
        (namespace === ANY_NAMESPACE || object.namespace === namespace),
    );
    return sets.some((set) => number < (set.at('spec', 'replicas').number ?? 1));
  }

  #isProvided(namespace: string, name: string): boolean {
    const provided = new RegExp(`^Secret/${name}:`, 'm');
    return this.#resources
      .filter((object) => object.kind === 'Namespace' && (namespace === ANY_NAMESPACE || object.name === namespace))
      .some(({ annotations }) => provided.test(annotations[NAMESPACE.provided] ?? ''));
  }
}
