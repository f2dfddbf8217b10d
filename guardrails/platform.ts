import { type Environment, type Profile, readEnvironments } from './environment.ts';
import type { Resource } from './field.ts';
import type { Judge } from './judge/locate.ts';
import { type Labels, matchesLabels } from './selector.ts';
import { type Container, Workload } from './workload.ts';

/** What stands beside the manifests. */
export interface Surroundings {
  /** What stood before, as the last synthesis wrote it or as it is in the cluster. @default - unknown */
  readonly previous?: Platform | undefined;
  /** The names of the runbooks that are written, for the alerts that name one. @default - unknown */
  readonly runbooks?: readonly string[] | undefined;
  /** How much is asked of manifests that declare nothing. @default 'baseline' */
  readonly profile?: Profile | undefined;
  /** The real code that is asked beside the rules. @default - none */
  readonly judge?: Judge | undefined;
  /** The version of Kubernetes that the objects of a file are for. @default - the newest that the judge is built for */
  readonly kubernetes?: ((file: string) => string | undefined) | undefined;
}

/** Everything that was given, judged together: the view that rules read. Lookups are indexed, so a rule may ask them per object. */
export class Platform {
  readonly resources: readonly Resource[];
  readonly workloads: readonly Workload[];
  /** The containers of all workloads, and those that run as long as their pods do. */
  readonly containers: readonly Container[];
  readonly running: readonly Container[];
  /** The environments that declare themselves on a Namespace; none for manifests of other origins. */
  readonly environments: readonly Environment[];
  readonly previous: Surroundings['previous'];
  readonly runbooks: Surroundings['runbooks'];
  readonly profile: Profile;
  readonly judge: Surroundings['judge'];
  readonly kubernetes: Surroundings['kubernetes'];
  readonly #byKind = new Map<string, Resource[]>();
  readonly #byPlace = new Map<string, Resource[]>();
  readonly #byName = new Map<string, Resource>();
  readonly #environmentByNamespace = new Map<string, Environment>();
  readonly #workloadsByNamespace = new Map<string, Workload[]>();
  readonly #workloadsByLabel = new Map<string, Workload[]>();

  constructor(resources: readonly Resource[], surroundings: Surroundings = {}) {
    const { previous, runbooks, profile = 'baseline', judge, kubernetes } = surroundings;
    this.resources = resources;
    this.previous = previous;
    this.runbooks = runbooks;
    this.profile = profile;
    this.judge = judge;
    this.kubernetes = kubernetes;
    for (const resource of resources) {
      append(this.#byKind, resource.kind, resource);
      append(this.#byPlace, key(resource.kind, resource.namespace, ''), resource);
      this.#byName.set(key(resource.kind, resource.namespace, resource.name), resource);
    }
    this.workloads = resources.flatMap((resource) => Workload.of(resource) ?? []);
    this.containers = this.workloads.flatMap(({ containers }) => containers);
    this.running = this.workloads.flatMap(({ running }) => running);
    for (const workload of this.workloads) this.#index(workload);
    this.environments = readEnvironments(this.ofKind('Namespace'), profile);
    for (const environment of this.environments.toReversed())
      for (const { name } of environment.namespaces) this.#environmentByNamespace.set(name, environment);
  }

  /** Objects of these kinds, in the order given. */
  ofKind(...kinds: readonly string[]): readonly Resource[] {
    const [kind = '', ...others] = kinds;
    const found = this.#byKind.get(kind) ?? [];
    return others.length === 0 ? found : [...found, ...this.ofKind(...others)];
  }

  /** Those of one kind in a namespace. */
  inNamespace(kind: string, namespace: string): readonly Resource[] {
    return this.#byPlace.get(key(kind, namespace, '')) ?? [];
  }

  /** One object by name; `namespace` is empty for cluster-scoped kinds. */
  find(kind: string, namespace: string, name: string): Resource | undefined {
    return this.#byName.get(key(kind, namespace, name));
  }

  /** The workload in this object, if it runs pods. */
  workload(kind: string, namespace: string, name: string): Workload | undefined {
    return this.workloadsIn(namespace).find((workload) => workload.kind === kind && workload.name === name);
  }

  #index(workload: Workload): void {
    append(this.#workloadsByNamespace, workload.namespace, workload);
    for (const [name, value] of Object.entries(workload.labels))
      append(this.#workloadsByLabel, key(workload.namespace, name, value), workload);
  }

  /** The workloads of a namespace whose pods carry the rarest of these labels: what a selector has to be compared with. */
  workloadsLike(namespace: string, labels: Labels): readonly Workload[] {
    const carriers = Object.entries(labels).map(
      ([name, value]) => this.#workloadsByLabel.get(key(namespace, name, value)) ?? [],
    );
    const [rarest] = carriers.sort((one, other) => one.length - other.length);
    return rarest ?? this.workloadsIn(namespace);
  }

  workloadsIn(namespace: string): readonly Workload[] {
    return this.#workloadsByNamespace.get(namespace) ?? [];
  }

  /** The workloads whose pods a Service selects; none for one without a selector. */
  selectedBy(service: Resource): readonly Workload[] {
    const selector: Labels = service.at('spec', 'selector').texts;
    const { [POD_NAME]: _name, [POD_INDEX]: _index, ...common } = selector;
    return this.workloadsLike(service.namespace, common).filter((workload) =>
      matchesLabels(selector, podLabels(workload, selector)),
    );
  }

  /** The environment of an object, a Namespace itself among them. */
  environmentAround({ kind, name, namespace }: Resource): Environment | undefined {
    return this.environmentOf(kind === 'Namespace' ? name : namespace);
  }

  /** The workloads of an environment. */
  workloadsOf({ namespaces }: Environment): readonly Workload[] {
    return namespaces.flatMap(({ name }) => this.workloadsIn(name));
  }

  /** The environment that a namespace belongs to; undefined when its Namespace does not say. */
  environmentOf(namespace: string): Environment | undefined {
    return this.#environmentByNamespace.get(namespace);
  }
}

const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

/** The labels of the template and those that a StatefulSet gives each pod, where the selector asks for one of its pods. */
function podLabels({ kind, name, labels }: Workload, selector: Labels): Labels {
  if (kind !== 'StatefulSet' || (selector[POD_NAME] === undefined && selector[POD_INDEX] === undefined)) return labels;
  const ordinal = selector[POD_INDEX] ?? selector[POD_NAME]?.slice(name.length + 1) ?? '';
  return /^\d+$/.test(ordinal) ? { ...labels, [POD_NAME]: `${name}-${ordinal}`, [POD_INDEX]: ordinal } : labels;
}

function key(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** Items by something that they share, in the order given. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) append(groups, keyOf(item), item);
  return groups;
}

/** What shares its key with something before it, beside the first that has the key. What has no key shares none. */
export function* repeated<T>(items: Iterable<T>, keyOf: (item: T) => string | undefined): Iterable<readonly [T, T]> {
  const firsts = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    const first = key === undefined ? undefined : firsts.get(key);
    if (first !== undefined) yield [item, first];
    else if (key !== undefined) firsts.set(key, item);
  }
}

function append<T>(index: Map<string, T[]>, at: string, item: T): void {
  const list = index.get(at);
  if (list) list.push(item);
  else index.set(at, [item]);
}

/** Computes something about a platform once, however many rules ask for it. */
export function oncePerPlatform<T>(compute: (platform: Platform) => T): (platform: Platform) => T {
  const known = new WeakMap<Platform, { readonly value: T }>();
  return (platform) => {
    const found = known.get(platform) ?? { value: compute(platform) };
    known.set(platform, found);
    return found.value;
  };
}
