import { describe, expect, it } from 'vitest';
import { planOf } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { namespaceProps } from './namespace.ts';
import type { ResourceDemand } from './resource-demand.ts';

const namespace = production.namespace;
const SERVICE: ResourceDemand = {
  name: 'users',
  namespace,
  minPods: 2,
  maxPods: 5,
  peakPods: 8,
  requests: { cpuMillis: 250, memoryMiB: 128, ephemeralMiB: 1_024 },
  limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 2_048 },
  hosts: 'even',
  claimsGi: [],
};
const STORE: ResourceDemand = {
  ...SERVICE,
  name: 'redis',
  minPods: 3,
  maxPods: 3,
  peakPods: 3,
  requests: { cpuMillis: 300, memoryMiB: 768, ephemeralMiB: 256 },
  limits: { cpuMillis: 1_500, memoryMiB: 896, ephemeralMiB: 512 },
  claimsGi: [10, 1],
};

const propsWith = (demands: readonly ResourceDemand[] = [SERVICE, STORE]) =>
  namespaceProps({ ...planOf(production), demands }, namespace);

describe('the quota of a namespace', () => {
  it('is the sum of the demands at their peak', () => {
    expect(propsWith().quota).toEqual({
      pods: '11', // 8 + 3
      'requests.cpu': '2900m', // 8 x 250 + 3 x 300
      'requests.memory': '3328Mi', // 8 x 128 + 3 x 768
      'requests.ephemeral-storage': '8960Mi', // 8 x 1024 + 3 x 256
      'limits.cpu': '12500m', // 8 x 1000 + 3 x 1500
      'limits.memory': '10880Mi', // 8 x 1024 + 3 x 896
      'limits.ephemeral-storage': '17920Mi', // 8 x 2048 + 3 x 512
      persistentvolumeclaims: '6', // 3 x 2
      'requests.storage': '33Gi', // 3 x (10 + 1)
      'services.nodeports': '0',
      'services.loadbalancers': '0',
    });
  });

  it('counts only what runs in it', () => {
    expect(propsWith([SERVICE, { ...STORE, namespace: 'elsewhere' }]).quota).toMatchObject({ pods: '8' });
  });

  it('says nothing of disk when a pod says nothing of it: such a pod would be refused', () => {
    const silent = { ...STORE, requests: { ...STORE.requests, ephemeralMiB: null } };
    expect(propsWith([SERVICE, silent]).quota).not.toHaveProperty(['requests.ephemeral-storage']);
  });
});

describe('the limits of a namespace', () => {
  it('give a small share to containers that ask for nothing, and no disk where nobody counts it', () => {
    expect(propsWith().defaults).toEqual({
      requests: { cpu: '10m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
      limits: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '128Mi' },
    });
    const silent = { ...STORE, limits: { ...STORE.limits, ephemeralMiB: null } };
    expect(propsWith([silent]).defaults.limits).toEqual({ cpu: '100m', memory: '128Mi' });
  });

  it('let no pod be larger than the largest that is planned, of each resource', () => {
    expect(propsWith().podMaximum).toEqual({ cpu: '1500m', memory: '1Gi' });
  });
});
