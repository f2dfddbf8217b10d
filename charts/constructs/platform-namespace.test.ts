import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { PlatformNamespace, type PlatformNamespaceProps } from './platform-namespace.ts';

const PROPS: PlatformNamespaceProps = {
  name: 'library-test',
  labels: { 'app.kubernetes.io/part-of': 'library' },
  annotations: { 'guardrails/environment': 'test' },
  quota: { pods: '11', 'requests.cpu': '2900m' },
  defaults: { requests: { cpu: '10m' }, limits: { cpu: '100m' } },
  podMaximum: { cpu: '1500m', memory: '1Gi' },
};

const manifestsWith = () => manifestsOf((chart) => new PlatformNamespace(chart, 'namespace', PROPS));

describe('a namespace of the platform', () => {
  const namespace = theOnly(manifestsWith(), 'Namespace', 'library-test');

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
    });
  });
});

it('a namespace has the quota, the defaults and the largest pod that it is given', () => {
  expect(at(theOnly(manifestsWith(), 'ResourceQuota'), 'spec.hard')).toEqual(PROPS.quota);
  expect(at(theOnly(manifestsWith(), 'LimitRange'), 'spec.limits')).toEqual([
    { type: 'Container', defaultRequest: { cpu: '10m' }, default: { cpu: '100m' } },
    { type: 'Pod', max: { cpu: '1500m', memory: '1Gi' } },
  ]);
});
