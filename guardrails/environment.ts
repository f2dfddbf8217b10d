import { NAMESPACE, PROMISES, type Promised } from './annotations.ts';
import type { Resource } from './field.ts';
import { parseQuantity } from './quantity.ts';

/** How much is asked of manifests that declare nothing themselves. */
export const PROFILES = ['baseline', 'restricted', 'production'] as const;
export type Profile = (typeof PROFILES)[number];

/** Nodes, what one of them carries (cores, bytes, pods), and bytes of persistent volumes of the whole environment. */
const BUDGET = {
  nodes: NAMESPACE.budgetNodes,
  cpu: NAMESPACE.budgetCpu,
  memory: NAMESPACE.budgetMemory,
  ephemeralStorage: NAMESPACE.budgetEphemeralStorage,
  pods: NAMESPACE.budgetPods,
  storage: NAMESPACE.budgetStorage,
} as const;

/** An environment as its namespaces declare it. */
export interface Environment {
  readonly name: string;
  readonly namespaces: readonly Resource[];
  /** The Namespace that carries the declarations: a finding about the environment points at its annotations. */
  readonly declaredBy: Resource;
  /** A figure that is not declared is undefined. */
  readonly budget: Readonly<Partial<Record<keyof typeof BUDGET, number | undefined>>>;
  promises(promise: Promised): boolean;
  /** Service types that it asks for beside ClusterIP. */
  readonly exposes: readonly string[];
}

/** What the profile `production` takes for promised of a Namespace that declares nothing itself. */
const OF_PRODUCTION = [PROMISES.availability, PROMISES.isolation, PROMISES.tls, PROMISES.podSecurity].join();

/** The environments that these Namespaces declare; under the profile `production` any other Namespace is one by itself. */
export function readEnvironments(namespaces: readonly Resource[], profile: Profile): readonly Environment[] {
  const nameOf = ({ annotations, name }: Resource) =>
    annotations[NAMESPACE.environment] ?? (profile === 'production' ? name : undefined);
  const names = new Set(namespaces.flatMap((namespace) => nameOf(namespace) ?? []));
  return [...names].map((name) => {
    const members = namespaces.filter((namespace) => nameOf(namespace) === name);
    const declares = members.some(({ annotations }) => annotations[NAMESPACE.environment] !== undefined);
    return readEnvironment(name, members, declares ? '' : OF_PRODUCTION);
  });
}

function readEnvironment(name: string, namespaces: readonly Resource[], otherwise: string): Environment {
  const says = (annotation: string): string | undefined =>
    namespaces.flatMap(({ annotations }) => annotations[annotation] ?? []).at(0);
  const promised = words(says(NAMESPACE.promises) ?? otherwise);
  const declaring =
    namespaces.find(({ annotations }) => annotations[NAMESPACE.budgetNodes] !== undefined) ?? namespaces[0];
  if (!declaring) throw new Error(`environment ${name} has no namespace`);
  return {
    name,
    namespaces,
    declaredBy: declaring,
    budget: Object.fromEntries(Object.entries(BUDGET).map(([figure, key]) => [figure, parseQuantity(says(key))])),
    promises: (promise) => promised.includes(promise),
    exposes: words(says(NAMESPACE.exposes)),
  };
}

function words(list: string | undefined): readonly string[] {
  return (list ?? '').split(/[\s,]+/).filter((word) => word !== '');
}
