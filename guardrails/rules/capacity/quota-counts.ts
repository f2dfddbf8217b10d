import type { Platform } from '../../platform.ts';
import { formatBytes, parseQuantity } from '../../quantity.ts';
import type { Rule } from '../../rule.ts';
import { storageClaims } from '../../storage-claims.ts';

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

export const quotaCounts: Rule = {
  id: 'quota-counts',
  title: "A namespace's quota admits its volumes, services and objects",
  rationale: 'The object that is one too many is refused when it is applied, and what needs it never starts.',
  severity: 'error',
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
