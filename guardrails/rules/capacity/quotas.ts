import { arithmetic, demandOf, exceeds, formatOf, podsOf, type Summand, total, whatToLower } from '../../demand.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Problem, Rule } from '../../rule.ts';
import { storageClaims } from '../../storage-claims.ts';
import type { ResourceName } from '../../workload.ts';

const KEY = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage)$/;

/** A quota with scopes counts some pods only; it is left alone. */
const quotaAdmitsPeak: Rule = {
  id: 'quota-admits-peak',
  title: "A namespace's quota admits what its workloads may ask for at their peak",
  rationale:
    'Above the quota the API server refuses pods: an autoscaler stops short of its ceiling, a rollout hangs, exactly when load is highest.',
  docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
  *check(platform) {
    for (const quota of platform.ofKind('ResourceQuota')) {
      if (quota.at('spec', 'scopes').exists || quota.at('spec', 'scopeSelector').exists) continue;
      for (const [key, hard] of quota.at('spec', 'hard').entries) yield* overrun(platform, quota, key, hard);
    }
  },
};

function* overrun(platform: Platform, quota: Resource, key: string, hard: Field): Iterable<Problem> {
  const bound = parseQuantity(hard.value);
  const workloads = platform.workloadsIn(quota.namespace);
  const match = KEY.exec(key);
  const resource: ResourceName =
    match?.[2] === 'cpu' ? 'cpu' : match?.[2] === 'memory' ? 'memory' : 'ephemeral-storage';
  const isPods = key === 'pods' || key === 'count/pods';
  if (bound === undefined || (!match && !isPods)) return;
  const figure = match?.[1] === 'limits' ? 'limits' : 'requests';
  const summands: readonly Summand[] = isPods
    ? podsOf(platform, workloads)
    : demandOf(platform, workloads, figure, resource);
  const format = isPods ? String : formatOf(resource);
  const sum = total(summands);
  if (!exceeds(sum, bound)) return;
  yield {
    at: hard,
    message: `${key} may reach ${arithmetic(summands, format)} = ${format(sum)} > ${format(bound)}`,
    fix: `${whatToLower(platform, summands)}, or raise ${key}.`,
  };
}

/** What a quota counts beside pods and their resources. */
const COUNTED: Readonly<Record<string, (platform: Platform, namespace: string) => number>> = {
  'requests.storage': (platform, namespace) =>
    storageClaims(platform, namespace).reduce((sum, { bytes, count }) => sum + bytes * count, 0),
  persistentvolumeclaims: (platform, namespace) =>
    storageClaims(platform, namespace).reduce((sum, { count }) => sum + count, 0),
  services: (platform, namespace) => servicesOf(platform, namespace, []),
  'services.nodeports': (platform, namespace) => servicesOf(platform, namespace, ['NodePort', 'LoadBalancer']),
  'services.loadbalancers': (platform, namespace) => servicesOf(platform, namespace, ['LoadBalancer']),
  configmaps: (platform, namespace) => objects(platform, namespace, 'ConfigMap'),
  secrets: (platform, namespace) => objects(platform, namespace, 'Secret'),
};

const quotaCounts: Rule = {
  id: 'quota-counts',
  title: "A namespace's quota admits its volumes, services and objects",
  rationale: 'The object that is one too many is refused when it is applied, and what needs it never starts.',
  docs: 'https://kubernetes.io/docs/concepts/policy/resource-quotas/#object-count-quota',
  *check(platform) {
    for (const quota of platform.ofKind('ResourceQuota')) {
      for (const [key, hard] of quota.at('spec', 'hard').entries) {
        const name = key.replace(/^count\//, '');
        const count = Object.hasOwn(COUNTED, name) ? COUNTED[name] : undefined;
        const bound = parseQuantity(hard.value);
        const found = count?.(platform, quota.namespace) ?? 0;
        if (bound === undefined || found <= bound) continue;
        const format = name === 'requests.storage' ? formatBytes : String;
        yield {
          at: hard,
          message: `${key} is ${format(bound)}, but namespace ${quota.namespace} holds ${format(found)}`,
          fix: `Raise ${key}, or remove what is not needed.`,
        };
      }
    }
  },
};

function servicesOf(platform: Platform, namespace: string, types: readonly string[]): number {
  const services = platform.ofKind('Service').filter((service) => service.namespace === namespace);
  return services.filter((service) => types.length === 0 || types.includes(service.at('spec', 'type').text ?? ''))
    .length;
}

function objects(platform: Platform, namespace: string, kind: string): number {
  return platform.ofKind(kind).filter((object) => object.namespace === namespace).length;
}

export const quotasRules: readonly Rule[] = [quotaAdmitsPeak, quotaCounts];
