import { NAMESPACE } from '../../annotations.ts';
import { arithmetic, demandOf, exceeds, formatOf, podCount, podFigure, total, whatToLower } from '../../demand.ts';
import type { Environment } from '../../environment.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import { eachEnvironment, eachObject, eachWorkload, type Problem, rules } from '../../rule.ts';
import { exclusiveHosts, hardHostSpread } from '../../scaling.ts';
import { storageClaims } from '../../storage-claims.ts';
import type { ResourceName, Workload } from '../../workload.ts';

const RESOURCES = [
  ['CPU requests', 'cpu', 'cpu', NAMESPACE.budgetCpu],
  ['memory requests', 'memory', 'memory', NAMESPACE.budgetMemory],
  ['ephemeral storage requests', 'ephemeral-storage', 'ephemeralStorage', NAMESPACE.budgetEphemeralStorage],
  ['pods', 'pods', 'pods', NAMESPACE.budgetPods],
] as const;

export const budgetsRules = rules({
  'budget-carries-peak': {
    title: 'The nodes of an environment carry what its workloads may ask for at their peak',
    rationale: 'Pods that fit no node stay Pending: the ceiling of an autoscaler is then only a number.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled',
    check: eachEnvironment(function* (environment, platform) {
      yield* beyondNodes(platform, environment);
      yield* beyondStorage(platform, environment);
    }),
  },
  'hosts-are-enough': {
    title: 'There are hosts enough for pods that need one each',
    rationale: 'A required anti-affinity, or a spread over more hosts than there are, keeps pods Pending for ever.',
    docs: 'https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity',
    check: eachEnvironment(function* (environment, platform) {
      const { nodes } = environment.budget;
      for (const workload of nodes === undefined ? [] : platform.workloadsOf(environment))
        yield* beyondHosts(platform, workload, nodes ?? 0);
    }),
  },
  'pod-fits-node': {
    title: 'Every pod fits one node of its environment',
    rationale: 'A pod that asks for more than any node has stays Pending for ever, however many nodes there are.',
    docs: 'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#my-pods-are-pending-with-event-message-failedscheduling',
    check: eachWorkload(function* (workload, platform) {
      const budget = platform.environmentOf(workload.namespace)?.budget;
      for (const [, resource, figure] of RESOURCES) {
        const bound = budget?.[figure];
        if (bound === undefined || resource === 'pods') continue;
        const asked = podFigure(platform, workload, 'requests', resource);
        if (!exceeds(asked, bound)) continue;
        const [much, less] = [asked, bound].map(formatOf(resource));
        const message = `a pod requests ${much} of ${resource}, more than the ${less} of one node`;
        yield { at: workload.pod, message, fix: 'Lower the requests of its containers, or take larger nodes.' };
      }
    }),
  },
  'quota-admits-peak': {
    title: "A namespace's quota admits what its workloads may ask for at their peak",
    rationale: 'Above it the server refuses pods: when load is highest, autoscalers stop and rollouts hang.',
    docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
    check: eachObject('ResourceQuota', function* (quota, platform) {
      // A quota with scopes counts some pods only.
      if (quota.at('spec', 'scopes').exists || quota.at('spec', 'scopeSelector').exists) return;
      for (const [key, hard] of quota.at('spec', 'hard').entries) yield* beyondQuota(platform, quota, key, hard);
    }),
  },
  'quota-counts': {
    title: "A namespace's quota admits its volumes, services and objects",
    rationale: 'The object that is one too many is refused when it is applied, and what needs it never starts.',
    docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota',
    check: eachObject('ResourceQuota', function* ({ namespace, root }, platform) {
      for (const [key, at] of root.at('spec', 'hard').entries) {
        const name = key.replace(/^count\//, '');
        const found = Object.hasOwn(COUNTED, name) ? (COUNTED[name]?.(platform, namespace) ?? 0) : 0;
        const bound = parseQuantity(at.value);
        if (bound === undefined || found <= bound) continue;
        const [limit, held] = [bound, found].map(name === 'requests.storage' ? formatBytes : String);
        const message = `${key} is ${limit}, but namespace ${namespace} holds ${held}`;
        yield { at, message, fix: `Raise ${key}, or remove what is not needed.` };
      }
    }),
  },
});

function* beyondNodes(platform: Platform, environment: Environment): Iterable<Problem> {
  const { budget, declaredBy } = environment;
  for (const [what, resource, figure, annotation] of RESOURCES) {
    const [nodes, each] = [budget.nodes, budget[figure]];
    if (nodes === undefined || each === undefined) continue;
    const summands = demandOf(platform, platform.workloadsOf(environment), 'requests', resource);
    const [format, sum] = [formatOf(resource), total(summands)];
    if (!exceeds(sum, nodes * each)) continue;
    const bound = `${format(nodes * each)} (${nodes} nodes x ${format(each)})`;
    const message = `${what} may reach ${arithmetic(summands, format)} = ${format(sum)} > ${bound}`;
    yield { at: declaredBy.annotation(annotation), message, fix: `${whatToLower(platform, summands)}, or add nodes.` };
  }
}

function* beyondStorage(platform: Platform, { budget, namespaces, declaredBy }: Environment): Iterable<Problem> {
  const claims = namespaces.flatMap(({ name }) => storageClaims(platform, name));
  const sum = claims.reduce((bytes, claim) => bytes + claim.bytes * claim.count, 0);
  if (budget.storage === undefined || !exceeds(sum, budget.storage)) return;
  const sums = claims.map(({ owner, name, bytes, count }) => `${owner.name}/${name} ${count} x ${formatBytes(bytes)}`);
  const message = `claims are ${sums.join(' + ')} = ${formatBytes(sum)} > ${formatBytes(budget.storage)}`;
  const fix = 'Lower the size of a claim, or declare more storage.';
  yield { at: declaredBy.annotation(NAMESPACE.budgetStorage), message, fix };
}

function* beyondHosts(platform: Platform, workload: Workload, nodes: number): Iterable<Problem> {
  const { ceiling, surge, ceilingAt } = podCount(platform, workload);
  const exclusive = exclusiveHosts(workload);
  if (exclusive && ceiling + surge > nodes) {
    const [during, orSurge] = surge > 0 ? [` and ${surge} of a rollout`, ' or the surge'] : ['', ''];
    const message = `${ceiling} pods${during} need a host each, but the environment has ${nodes} nodes`;
    const fix = `Lower ${ceilingAt} of ${ceilingAt.resource}${orSurge}, prefer the anti-affinity instead of requiring it, or add nodes.`;
    yield { at: exclusive, message, fix };
  }
  for (const at of hardHostSpread(workload).map((constraint) => constraint.at('minDomains'))) {
    if ((at.number ?? 0) <= nodes) continue;
    const message = `asks for ${at.number} hosts, but the environment has ${nodes} nodes`;
    yield { at, message, fix: `Lower minDomains to ${nodes} at most.` };
  }
}

function* beyondQuota(platform: Platform, quota: Resource, key: string, at: Field): Iterable<Problem> {
  const bound = parseQuantity(at.value);
  const [, figure, name, pods] =
    /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$|^(?:count\/)?(pods)$/.exec(key) ?? [];
  if (bound === undefined || (name ?? pods) === undefined) return;
  const resource = (name ?? pods) as ResourceName | 'pods';
  const workloads = platform.workloadsIn(quota.namespace);
  const summands = demandOf(platform, workloads, figure === 'limits' ? 'limits' : 'requests', resource);
  const [format, sum] = [formatOf(resource), total(summands)];
  if (!exceeds(sum, bound)) return;
  const message = `${key} may reach ${arithmetic(summands, format)} = ${format(sum)} > ${format(bound)}`;
  yield { at, message, fix: `${whatToLower(platform, summands)}, or raise ${key}.` };
}

/** What a quota counts beside pods and their resources. */
const COUNTED: Readonly<Record<string, (platform: Platform, namespace: string) => number>> = {
  'requests.storage': (platform, namespace) =>
    storageClaims(platform, namespace).reduce((sum, { bytes, count }) => sum + bytes * count, 0),
  persistentvolumeclaims: (platform, namespace) =>
    storageClaims(platform, namespace).reduce((sum, { count }) => sum + count, 0),
  services: (platform, namespace) => platform.inNamespace('Service', namespace).length,
  'services.nodeports': (platform, namespace) => servicesOf(platform, namespace, ['NodePort', 'LoadBalancer']),
  'services.loadbalancers': (platform, namespace) => servicesOf(platform, namespace, ['LoadBalancer']),
  configmaps: (platform, namespace) => platform.inNamespace('ConfigMap', namespace).length,
  secrets: (platform, namespace) => platform.inNamespace('Secret', namespace).length,
};

function servicesOf(platform: Platform, namespace: string, types: readonly string[]): number {
  const services = platform.inNamespace('Service', namespace);
  return services.filter((service) => types.includes(service.at('spec', 'type').text ?? '')).length;
}
