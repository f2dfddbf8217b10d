import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import type { Demand } from '../demand.ts';
import { PlatformNamespace, type PlatformNamespaceProps } from './platform-namespace.ts';

const SERVICE: Demand = {
  name: 'users',
  namespace: 'quotes-test',
  floorPods: 2,
  ceilingPods: 5,
  peakPods: 8,
  requests: { cpuMillis: 250, memoryMiB: 128, ephemeralMiB: 1_024 },
  limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 2_048 },
  hosts: 'even',
  claimsGi: [],
};
const STORE: Demand = {
  ...SERVICE,
  name: 'redis',
  floorPods: 3,
  ceilingPods: 3,
  peakPods: 3,
  requests: { cpuMillis: 300, memoryMiB: 768, ephemeralMiB: 256 },
  limits: { cpuMillis: 1_500, memoryMiB: 896, ephemeralMiB: 512 },
  claimsGi: [10, 1],
};

const PROPS: PlatformNamespaceProps = {
  name: 'quotes-test',
  annotations: { 'guardrails/environment': 'test' },
  demands: [SERVICE, STORE],
  nodePorts: 1,
};

function manifestsWith(change: Partial<PlatformNamespaceProps> = {}) {
  return manifestsOf((chart) => new PlatformNamespace(chart, 'namespace', { ...PROPS, ...change }));
}

describe('a namespace of the platform', () => {
  const namespace = theOnly(manifestsWith(), 'Namespace', 'quotes-test');

  it('comes before everything that is in it', () => {
    expect(manifestsWith().map(({ kind }) => kind)).toEqual([
      ...['Namespace', 'ResourceQuota', 'LimitRange', 'NetworkPolicy'],
    ]);
  });

  it('is itself in no namespace', () => {
    expect(at(namespace, 'metadata')).not.toHaveProperty('namespace');
  });

  it('refuses pods that are not `restricted`', () => {
    expect(at(namespace, 'metadata.labels')).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  it('says what it was told to say', () => {
    expect(at(namespace, 'metadata.annotations')).toEqual(PROPS.annotations);
  });

  it('lets no traffic in or out that nothing else allows', () => {
    expect(at(theOnly(manifestsWith(), 'NetworkPolicy', 'default-deny'), 'spec')).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [],
    });
  });
});

describe('the quota of a namespace', () => {
  const hard = (change: Partial<PlatformNamespaceProps> = {}) =>
    at(theOnly(manifestsWith(change), 'ResourceQuota'), 'spec.hard');

  it('is the sum of the demands at their peak', () => {
    expect(hard()).toEqual({
      pods: '11', // 8 + 3
      'requests.cpu': '2900m', // 8 x 250 + 3 x 300
      'requests.memory': '3328Mi', // 8 x 128 + 3 x 768
      'requests.ephemeral-storage': '8960Mi', // 8 x 1024 + 3 x 256
      'limits.cpu': '12500m', // 8 x 1000 + 3 x 1500
      'limits.memory': '10880Mi', // 8 x 1024 + 3 x 896
      'limits.ephemeral-storage': '17920Mi', // 8 x 2048 + 3 x 512
      persistentvolumeclaims: '6', // 3 x 2
      'requests.storage': '33Gi', // 3 x (10 + 1)
      'services.nodeports': '1',
      'services.loadbalancers': '0',
    });
  });

  it('says nothing of disk when a pod says nothing of it: such a pod would be refused', () => {
    const silent = { ...STORE, requests: { ...STORE.requests, ephemeralMiB: null } };
    expect(hard({ demands: [SERVICE, silent] })).not.toHaveProperty(['requests.ephemeral-storage']);
  });
});

describe('the limits of a namespace', () => {
  const limits = (index: number, change: Partial<PlatformNamespaceProps> = {}) =>
    at(theOnly(manifestsWith(change), 'LimitRange'), `spec.limits.${index}`);

  it('give a small share to containers that ask for nothing', () => {
    expect(limits(0)).toEqual({
      type: 'Container',
      defaultRequest: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
      default: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '128Mi' },
    });
  });

  it('give no disk where nobody counts it', () => {
    const silent = { ...STORE, limits: { ...STORE.limits, ephemeralMiB: null } };
    expect(limits(0, { demands: [silent] })).toMatchObject({ default: { cpu: '100m', memory: '128Mi' } });
    expect(at(limits(0, { demands: [silent] }), 'default')).not.toHaveProperty(['ephemeral-storage']);
  });

  it('let no pod be larger than the largest that is planned, of each resource', () => {
    expect(limits(1)).toEqual({ type: 'Pod', max: { cpu: '1500m', memory: '1Gi' } });
  });
});
