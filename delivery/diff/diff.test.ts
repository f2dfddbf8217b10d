import { describe, expect, it } from 'vitest';
import { renderConsole } from './console.ts';
import { renderMarkdown } from './markdown.ts';
import { reportOf } from './report.ts';
import { snapshotOf } from './snapshot.ts';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: shop, namespace: demo }
spec:
  replicas: 3
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop } }
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.0.0
          resources: { limits: { memory: 256Mi, cpu: 1 }, requests: { memory: 128Mi } }
          readinessProbe: { httpGet: { path: /readyz, port: 8080 } }
          securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, seccompProfile: { type: RuntimeDefault } }
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: shop }
`;
const CLAIM = `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: shop, namespace: demo }
spec: { accessModes: [ReadWriteOnce], storageClassName: fast, resources: { requests: { storage: 10Gi } } }
`;
const STATEFUL = `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store, namespace: demo }
spec:
  replicas: 1
  serviceName: store
  selector: { matchLabels: { app: store } }
  template: { metadata: { labels: { app: store } }, spec: { containers: [{ name: store, image: "store:1" }] } }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } }
`;
const POLICY = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: shop, namespace: demo }
spec:
  podSelector: { matchLabels: { app: shop } }
  policyTypes: [Ingress]
  ingress:
    - from: [{ podSelector: { matchLabels: { app: front } } }]
      ports: [{ port: 5000, protocol: TCP }]
`;
const NAMESPACE = `
apiVersion: v1
kind: Namespace
metadata: { name: demo, labels: { pod-security.kubernetes.io/enforce: restricted } }
`;

function diff(before: string, after: string) {
  const side = (text: string) => snapshotOf([{ path: 'dist/demo.k8s.yaml', text }]);
  return reportOf({ title: 'demo', replaces: true, before: side(before), after: side(after) });
}

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
  ['a policy that goes', POLICY, '', 'caution: is removed: a pod that no other policy selects'],
  [
    'another peer',
    POLICY,
    POLICY.replace('app: front', 'app: other'),
    'caution: lets through ingress from {"podSelector":{"matchLabels":{"app":"other"}}} on {"port":5000',
  ],
  ['every peer', POLICY, POLICY.replace(/from: .*\n {6}/, ''), 'caution: lets through ingress from everybody'],
  [
    'every port',
    POLICY,
    POLICY.replace(/ *ports: .*\n/, ''),
    'caution: lets through ingress from {"podSelector":{"matchLabels":{"app":"front"}}} on every port',
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
    ['a narrower policy', POLICY.replace(/ *ports: .*\n/, ''), POLICY],
    ['replicas left to an autoscaler', DEPLOYMENT, DEPLOYMENT.replace('  replicas: 3\n', '')],
    ['a stricter namespace', NAMESPACE.replace('restricted', 'baseline'), NAMESPACE],
  ])('says nothing of danger or caution about %s', (_name, before, after) => {
    expect(diff(before, after).risks.filter(({ level }) => level !== 'rollout')).toEqual([]);
  });
});

describe('the report', () => {
  it('is empty when only the order and the style of the text differ', () => {
    const report = diff(
      NAMESPACE,
      '{"kind": "Namespace", "metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}, "name": "demo"}, "apiVersion": "v1"}',
    );
    expect(report.summary).toBe('no object changes');
  });

  it('matches the items of lists by name, not by place', () => {
    const more = DEPLOYMENT.replace(
      '      containers:\n',
      '      containers:\n        - { name: helper, image: "helper:1" }\n',
    );
    expect(diff(DEPLOYMENT, more).changed).toEqual([
      {
        objects: ['Deployment demo/shop (dist/demo.k8s.yaml)'],
        fields: ['spec.template.spec.containers.helper: + {"name":"helper","image":"helper:1"}'],
      },
    ]);
  });

  it('tells objects that change alike only once', () => {
    const twice = (text: string) => `${text}---${text.replace('name: demo', 'name: other')}`;
    const report = diff(twice(NAMESPACE), twice(NAMESPACE.replace('restricted', 'baseline')));
    expect(report.changed.map(({ objects }) => objects.length)).toEqual([2]);
  });

  it('shows the line that differs in a text of many', () => {
    const config = (limit: string) =>
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {conf: "a\\n${limit}\\nb\\n"}}`;
    expect(diff(config('max 1'), config('max 2')).changed[0]?.fields).toEqual(['data.conf: max 1 -> max 2']);
  });

  it('never shows the values of a Secret', () => {
    const secret = (value: string) =>
      `{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {key: ${value}}}`;
    const report = diff(secret('hunter2'), secret('correct-horse'));
    expect(renderConsole(report) + renderMarkdown(report)).not.toMatch(/hunter2|correct-horse/);
    expect(report.changed[0]?.fields).toEqual(['stringData.key: (hidden) -> (hidden)']);
  });

  it('escapes what would forge Markdown or HTML in a comment', () => {
    const forged = NAMESPACE.replace('restricted', '"</code><img src=x>|@everyone [x](http://x)"');
    expect(renderMarkdown(diff(NAMESPACE, forged))).not.toMatch(/<img|\[x\]|@everyone|[^;]\|@/);
  });

  it('shortens a comment that GitHub would refuse', () => {
    const many = Array.from(
      { length: 4000 },
      (_, index) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: config-${index}}}`,
    ).join('\n---\n');
    const text = renderMarkdown(diff('', many));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('too long for a comment');
  });

  it('only compares two environments: neither takes the place of the other', () => {
    const side = (text: string) => snapshotOf([{ path: 'a.yaml', text }]);
    const report = reportOf({ title: 'x', replaces: false, before: side(CLAIM), after: side('') });
    expect(report.risks).toEqual([]);
    expect(report.summary).toBe('0 added, 1 removed, 0 changed');
  });
});
