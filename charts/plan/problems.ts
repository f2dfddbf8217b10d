import * as z from 'zod';
import { groupBy, problemsWhere, when } from '../constructs/lists.ts';
import { budgetProblems } from './capacity.ts';
import { catalogProblems, idleProblems, linkProblems, takenNames } from './catalog-problems.ts';
import { type AutoScaling, ENVIRONMENT, type Environment, monitoringNamespaceOf } from './environment.ts';
import { ownVariables } from './own-environment.ts';
import type { Plan, Platform, Project } from './part.ts';
import { plan } from './plan.ts';
import { host, httpsUrl, IMAGE_NAME, isDnsLabel, mailAddress, matching, serviceName, sizeProblems } from './schema.ts';
import { isSingleton, SERVICE_SPEC, type ServiceSpec } from './service-spec.ts';
import { closest, duplicates, shapeProblems } from './shape-problems.ts';
import { sizeOf } from './sizing.ts';

/** Everything that does not hold together, all at once; empty for a platform that can be synthesized. */
export function platformProblems(platform: Platform): string[] {
  const shape = shapeProblems(PLATFORM, platform).map((problem) => `platform: ${problem}`);
  if (shape.length > 0) return shape;
  const missing = [...undefinedIn('catalog', platform.catalog), ...undefinedIn('environments', platform.environments)];
  if (missing.length > 0) return missing;
  const { catalog, environments } = platform;
  const shapes = new Map(catalog.map((service) => [service, shapeProblems(SERVICE_SPEC, service)]));
  const complete = catalog.filter((service) => shapes.get(service)?.length === 0);
  const incomplete = catalog.filter((service) => !complete.includes(service)).map(({ name }) => name);
  const joined = { ...platform, catalog: complete };
  return [
    ...[...shapes.values()].flatMap((problems, index) =>
      problems.map((problem) => `catalog/${namedAs(catalog[index]?.name, index)}: ${problem}`),
    ),
    ...catalogProblems(complete, catalog),
    ...problemsWhere({
      'environments: there is none; list one in charts/environments/all.ts': environments.length === 0,
    }),
    ...duplicateProblems(environments),
    ...orderProblems(environments),
    ...environments.flatMap((environment) => environmentProblems(joined, environment, incomplete)),
  ];
}

/** What stands at the top; of a service and an environment their own schemas say more. */
const PLATFORM = z.strictObject({
  project: z.strictObject({
    name: serviceName,
    repository: httpsUrl,
    image: matching(new RegExp(`^${IMAGE_NAME}$`), 'is not where an image is; give registry/path without a tag'),
    domain: host,
    contact: mailAddress,
  } satisfies Record<keyof Project, z.ZodType>),
  catalog: z.array(z.unknown()),
  environments: z.array(z.unknown()),
  parts: z.array(z.custom((part) => typeof part === 'function', { error: 'is not a part; correct its import' })),
});

/** What has no name that could be written is counted. */
function namedAs(name: unknown, index: number): string {
  return typeof name === 'string' ? name : `number ${index + 1}`;
}

/** Two modules that import each other leave one of their values undefined, which the compiler does not see. */
function undefinedIn(list: string, items: readonly unknown[]): string[] {
  return items.flatMap((item, index) =>
    (item ?? null) === null
      ? [`${list}: number ${index + 1} is ${String(item)}; correct its import, which may go round in a circle`]
      : [],
  );
}

/** What a cluster has once: environments may share one, so that only one of them may take it. */
const TAKEN: Readonly<Record<string, (environment: Environment) => readonly (string | number | null | undefined)[]>> = {
  name: ({ name }) => [name],
  namespace: (environment) => [
    environment.namespace,
    ...when(environment.monitoring?.kind === 'standalone', monitoringNamespaceOf(environment)),
  ],
  'edge.host': ({ edge }) => [edge?.host],
  'edge.nodePort': ({ edge }) => [edge?.nodePort],
};

function duplicateProblems(environments: readonly Environment[]): string[] {
  return Object.entries(TAKEN).flatMap(([field, pick]) => {
    const taken = environments.flatMap((environment) => pick(environment).map((value) => ({ value, environment })));
    return duplicates(
      taken,
      ({ value }) => value,
      ({ environment }) => environment.name,
    ).map(({ value, places }) => `environments ${places.join(' and ')} share ${field} '${value}'; give each its own`);
  });
}

/** A release comes from an environment that there is, and that is another one. */
function orderProblems(environments: readonly Environment[]): string[] {
  return environments.flatMap(({ name, promotion }) => {
    const before = promotion?.after?.environment;
    const others = environments.flatMap((environment) => (environment.name === name ? [] : String(environment.name)));
    return before === undefined || others.includes(before)
      ? []
      : [
          `${name}: promotion.after.environment '${before}' is not another environment (${others.join(', ') || 'there is none'}); name one, or write null${closest(before, others)}`,
        ];
  });
}

/**
 * What does not hold in one environment. Figures that are missing are reported first: nothing can be computed from them.
 * @param incomplete names of services that are in the catalog and not in the platform, because a field of theirs is wrong. @default - none
 */
export function environmentProblems(
  platform: Omit<Platform, 'environments'>,
  environment: Environment,
  incomplete: readonly string[] = [],
): string[] {
  const here = (problem: string) => `${environment.name ?? 'an environment without a name'}: ${problem}`;
  const shape = shapeProblems(ENVIRONMENT, environment);
  if (shape.length > 0) return shape.map(here);
  const { catalog } = platform;
  const joined = plan(platform, environment);
  const names = [...catalog.map(({ name }) => name), ...incomplete];
  const policy = [...policyProblems(environment, names), ...partProblems(joined, names)];
  const sizes = sharedProblems(catalog.map((service) => [service.name, serviceSizeProblems(service, environment)]));
  // Sums of wrong figures would only say the same again.
  const capacity = [...policy, ...sizes].length > 0 ? [] : budgetProblems(joined.demands, environment.budget);
  return [...[...policy, ...capacity].map(here), ...sizes.map((problem) => `${environment.name}/${problem}`)];
}

function policyProblems(environment: Environment, known: readonly string[]): string[] {
  const { name, namespace, stopping, rollout, scaling, spread, budget, sizing, edge, monitoring } = environment;
  const { drainSeconds, shutdownSeconds, graceSeconds } = stopping;
  const watcher = monitoring.kind === 'operator' ? monitoring.prometheus : null;
  const certManager = monitoring.kind === 'standalone' ? monitoring.certManager : null;
  const others = [
    'argocd',
    'cert-manager',
    ...[edge.controller, watcher, certManager].flatMap((peer) => peer?.namespace ?? []),
  ];
  return [
    ...problemsWhere({
      [`the name '${name}' belongs to another file of dist/addons/; choose another`]:
        /^(argocd|admission)$|-addons$/.test(name),
      [`namespace '${namespace}' is the cluster's own, and what is said here would hold for everything in it; choose another`]:
        /^(default|kube-.*)$/.test(namespace),
      [`namespace '${namespace}' is where pods of somebody else run, which its policies would cut off; choose another`]:
        others.includes(namespace),
      [`namespace '${namespace}' is too long: its monitoring is in '${monitoringNamespaceOf(environment)}', and a name has 63 characters at most; shorten it`]:
        !isDnsLabel(monitoringNamespaceOf(environment)),
      [`stopping: drain ${drainSeconds} s < shutdown ${shutdownSeconds} s < grace ${graceSeconds} s does not hold; a pod would be killed before it has drained: raise the later or lower the earlier`]:
        drainSeconds >= shutdownSeconds || shutdownSeconds >= graceSeconds,
      [`rollout.progressDeadlineSeconds is ${rollout.progressDeadlineSeconds}; give it more than minReadySeconds (${rollout.minReadySeconds})`]:
        rollout.progressDeadlineSeconds <= rollout.minReadySeconds,
      [`spread.hosts 'required' on ${budget.nodes} node keeps nothing apart; use 'preferred' or add nodes`]:
        spread.hosts === 'required' && budget.nodes < 2,
      [`budget.zones ${budget.zones} is above budget.nodes ${budget.nodes}; lower it`]: budget.zones > budget.nodes,
    }),
    ...(scaling.kind === 'auto' && scaling.minReplicas > scaling.maxReplicas ? [`scaling.${wrongOrder(scaling)}`] : []),
    ...Object.keys(sizing)
      .filter((name) => !known.includes(name))
      .map((name) => `sizing names '${name}', which is not a service (${known.join(', ')})${closest(name, known)}`),
  ];
}

function partProblems({ parts, catalog, offers, services, environment }: Plan, names: readonly string[]): string[] {
  const known = [...names, ...offers.keys()];
  const taken = new Map(
    parts
      .filter(({ isService }) => isService !== true)
      .flatMap(({ name, demands, offers }) => [...demands, ...offers].map((item) => [item.name, name] as const)),
  );
  return [
    ...parts.flatMap(({ problems }) => problems),
    ...takenNames(catalog, taken),
    ...catalog.flatMap((service) =>
      [
        ...linkProblems(service, known),
        ...idleProblems(service, { offers, services }, ownVariables(service, environment)),
      ].map((problem) => `${service.name}: ${problem}`),
    ),
  ];
}

/** What does not hold of one service in one environment: how many pods, how many may go, what each may use. */
function serviceSizeProblems(service: ServiceSpec, environment: Environment): string[] {
  const { minReplicas, maxReplicas, autoscaled, requests, limits } = sizeOf(service, environment);
  const { minAvailable, sizing } = environment;
  const own = sizing[service.name];
  return [
    ...problemsWhere({
      "there is one pod of it everywhere, so that replicas in 'sizing' change nothing; take them out":
        isSingleton(service) && (own?.minReplicas ?? own?.maxReplicas) !== undefined,
      // Of the environment's own figures, policyProblems says it.
      [wrongOrder({ minReplicas, maxReplicas })]: autoscaled && own !== undefined && minReplicas > maxReplicas,
      [`maxReplicas ${maxReplicas} has no meaning beside the fixed scaling of ${minReplicas}; give minReplicas alone`]:
        !autoscaled && minReplicas !== maxReplicas,
      [`minReplicas and maxReplicas are both ${minReplicas}: nothing can scale; raise maxReplicas or use fixed scaling`]:
        autoscaled && minReplicas === maxReplicas,
      [`minAvailable ${minAvailable} of ${minReplicas} pods forbids every drain; lower 'minAvailable' below the minimum of replicas`]:
        minAvailable !== null && minReplicas > 1 && minAvailable >= minReplicas,
    }),
    ...sizeProblems(requests, limits),
  ];
}

function wrongOrder({ minReplicas, maxReplicas }: Pick<AutoScaling, 'minReplicas' | 'maxReplicas'>): string {
  return `minReplicas ${minReplicas} is above maxReplicas ${maxReplicas}; lower the first or raise the second`;
}

/** What an environment gives all services is wrong for all of them: reported once, with the names of those it hits. */
function sharedProblems(found: readonly (readonly [service: string, problems: readonly string[]])[]): string[] {
  const single = found.flatMap(([service, problems]) => problems.map((problem) => ({ service, problem })));
  const shared = groupBy(single, ({ problem }) => problem);
  return [...shared].map(([problem, hit]) => `${someOf(hit.map(({ service }) => service))}: ${problem}`);
}

/** At most so many names: the rest is counted. */
const NAMES_SHOWN = 5;

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
