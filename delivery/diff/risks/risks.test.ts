import { describe, expect, it } from 'vitest';
import { CLAIM, DEPLOYMENT, diff, NAMESPACE, POLICY, STATEFUL } from '../fixtures/manifests.ts';

function risksOf(before: string, after: string): readonly string[] {
  return diff(before, after).risks.map(({ level, message }) => `${level}: ${message}`);
}

/** Every way to break something that a reviewer must be told about, and the first words of what is said. */
const CASES: readonly (readonly [string, string, string, string])[] = [
  ['a namespace that goes', NAMESPACE, '', 'danger: is removed: everything in it goes'],
  ['a claim that goes', CLAIM, '', 'danger: is removed: its data goes'],
  [
    'a claim that shrinks',
    CLAIM,
    CLAIM.replace('10Gi', '8Gi'),
    'danger: the volume shrinks: spec.resources.requests.storage: 10Gi -> 8Gi',
  ],
  [
    'a claim of another class',
    CLAIM,
    CLAIM.replace('fast', 'slow'),
    'danger: the API server refuses to change spec.storageClassName: fast -> slow',
  ],
  ['a store that goes', STATEFUL, '', 'danger: is removed: its volume claims stay behind'],
  [
    'volume templates that grow',
    STATEFUL,
    STATEFUL.replace('5Gi', '9Gi'),
    'danger: the API server refuses to change spec.volumeClaimTemplates',
  ],
  [
    'another headless Service',
    STATEFUL,
    STATEFUL.replace('serviceName: store', 'serviceName: other'),
    'danger: the API server refuses to change spec.serviceName',
  ],
  [
    'a renamed store',
    STATEFUL,
    STATEFUL.replace('name: store, namespace', 'name: vault, namespace'),
    'danger: looks renamed to StatefulSet demo/vault',
  ],
  [
    'a renamed Deployment',
    DEPLOYMENT,
    DEPLOYMENT.replace('name: shop, namespace', 'name: cart, namespace'),
    'danger: looks renamed to Deployment demo/cart',
  ],
  [
    'another selector',
    DEPLOYMENT,
    DEPLOYMENT.replaceAll('app: shop', 'app: cart'),
    'danger: the API server refuses to change spec.selector.matchLabels.app',
  ],
  [
    'a volume that becomes temporary',
    DEPLOYMENT,
    DEPLOYMENT.replace('persistentVolumeClaim: { claimName: shop }', 'emptyDir: {}'),
    'danger: the pods lose a persistent volume',
  ],
  [
    'a default deny that goes',
    POLICY.replace('podSelector: { matchLabels: { app: shop } }', 'podSelector: {}'),
    '',
    'danger: is removed: it selects every pod',
  ],
  [
    'fewer replicas',
    DEPLOYMENT,
    DEPLOYMENT.replace('replicas: 3', 'replicas: 1'),
    'caution: fewer pods: spec.replicas: 3 -> 1',
  ],
  [
    'less memory',
    DEPLOYMENT,
    DEPLOYMENT.replace('256Mi', '200M'),
    'caution: less memory: spec.template.spec.containers.shop.resources.limits.memory: 256Mi -> 200M',
  ],
  ['less CPU', DEPLOYMENT, DEPLOYMENT.replace('cpu: 1 ', 'cpu: 500m '), 'caution: less CPU'],
  [
    'a lost probe',
    DEPLOYMENT,
    DEPLOYMENT.replace(/ *readinessProbe.*\n/, ''),
    'caution: a probe is removed: spec.template.spec.containers.shop.readinessProbe',
  ],
  ['a process that may be root', DEPLOYMENT, DEPLOYMENT.replace('runAsNonRoot: true, ', ''), 'caution: may do more'],
  [
    'no seccomp profile',
    DEPLOYMENT,
    DEPLOYMENT.replace(', seccompProfile: { type: RuntimeDefault }', ''),
    'caution: may do more',
  ],
  ['a laxer namespace', NAMESPACE, NAMESPACE.replace('restricted', 'baseline'), 'caution: may do more'],
  ['a namespace whose level is empty', NAMESPACE, NAMESPACE.replace('restricted', ''), 'caution: may do more'],
  ['a policy that goes', POLICY, '', 'caution: is removed: a pod that no other policy selects'],
  [
    'another peer',
    POLICY,
    POLICY.replace('app: front', 'app: other'),
    'caution: lets through ingress from pods other on 5000/TCP',
  ],
  ['every peer', POLICY, POLICY.replace(/from: .*\n {6}/, ''), 'caution: lets through ingress from everybody'],
  [
    'every port',
    POLICY,
    POLICY.replace(/ *ports: .*\n/, ''),
    'caution: lets through ingress from pods front on every port',
  ],
  [
    'a new policy, for policies add up',
    DEPLOYMENT,
    `${DEPLOYMENT}---${POLICY.replace('app: front', 'app: other')}`,
    'caution: is new and lets through ingress from pods other on 5000/TCP',
  ],
  [
    'a direction that is no longer limited',
    POLICY.replace('[Ingress]', '[Ingress, Egress]'),
    POLICY,
    'caution: no longer limits egress',
  ],
  [
    'a new image',
    DEPLOYMENT,
    DEPLOYMENT.replace('shop:1.0.0', 'shop:1.0.1'),
    'rollout: replaces its pods, new ones first: spec.containers.shop.image',
  ],
  [
    'a new digest in short',
    DEPLOYMENT.replace('shop:1.0.0', `registry.example/team/shop:1.0.0@sha256:${'1'.repeat(64)}`),
    DEPLOYMENT.replace('shop:1.0.0', `registry.example/team/shop:1.0.1@sha256:${'2'.repeat(64)}`),
    'rollout: replaces its pods, new ones first: spec.containers.shop.image: shop:1.0.0@sha256:11111111… -> shop:1.0.1@sha256:22222222…',
  ],
];

describe('the risks of a change', () => {
  it.each(CASES)('tells %s', (_name, before, after, expected) => {
    expect(risksOf(before, after).find((risk) => risk.startsWith(expected))).toBeDefined();
  });

  it('puts the worst first', () => {
    const levels = diff(
      `${DEPLOYMENT}---${CLAIM}`,
      DEPLOYMENT.replace('replicas: 3', 'replicas: 2').replace('1.0.0', '1.0.1'),
    ).risks;
    expect(levels.map(({ level }) => level)).toEqual(['danger', 'caution', 'rollout']);
  });

  it.each([
    ['more replicas', DEPLOYMENT, DEPLOYMENT.replace('replicas: 3', 'replicas: 5')],
    ['the same memory in other words', DEPLOYMENT, DEPLOYMENT.replace('256Mi', '268435456')],
    ['a volume that grows', CLAIM, CLAIM.replace('10Gi', '20Gi')],
    ['a policy that comes with its pods', '', `${DEPLOYMENT}---${POLICY}`],
    ['a narrower policy', POLICY.replace(/ *ports: .*\n/, ''), POLICY],
    ['replicas left to an autoscaler', DEPLOYMENT, DEPLOYMENT.replace('  replicas: 3\n', '')],
    ['a stricter namespace', NAMESPACE.replace('restricted', 'baseline'), NAMESPACE],
  ])('says nothing of danger or caution about %s', (_name, before, after) => {
    expect(diff(before, after).risks.filter(({ level }) => level !== 'rollout')).toEqual([]);
  });
});
