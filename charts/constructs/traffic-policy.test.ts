import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { DNS, TrafficPolicy, type TrafficPolicyProps, type TrafficRule } from './traffic-policy.ts';

function policy(path: string, change: Partial<TrafficPolicyProps> = {}): unknown {
  const props = { name: 'users-traffic', labels: { a: 'b' }, pods: { app: 'users' }, ...change };
  return at(
    theOnly(
      manifestsOf((chart) => new TrafficPolicy(chart, 'traffic', props)),
      'NetworkPolicy',
    ),
    path,
  );
}

describe('a traffic policy', () => {
  it('is about the pods with its labels', () => {
    expect(policy('spec.podSelector')).toEqual({ matchLabels: { app: 'users' } });
    expect(policy('metadata.labels')).toEqual({ a: 'b' });
  });

  it('is about all pods of the namespace when it names no label', () => {
    expect(policy('spec.podSelector', { pods: {} })).toEqual({});
  });

  it('is in the namespace of the chart, or in its own', () => {
    expect(policy('metadata.namespace')).toBe('quotes-test');
    expect(policy('metadata.namespace', { namespace: 'other' })).toBe('other');
  });

  it('denies all in a direction by its type, without an empty list that the API server would drop', () => {
    const spec = policy('spec', { ingress: [], egress: [] });
    expect(spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(spec).not.toHaveProperty('ingress');
    expect(spec).not.toHaveProperty('egress');
  });

  it('leaves a direction alone that it does not name', () => {
    expect(policy('spec.policyTypes', { egress: [] })).toEqual(['Egress']);
    expect(policy('spec', { egress: [] })).not.toHaveProperty('ingress');
    expect(policy('spec.policyTypes', { ingress: [] })).toEqual(['Ingress']);
    expect(policy('spec', { ingress: [] })).not.toHaveProperty('egress');
  });

  it('lets in pods of its namespace, pods of another one, and addresses, over TCP', () => {
    const ingress = [
      {
        peers: [
          { kind: 'pods', labels: { app: 'front' } },
          { kind: 'peer', namespace: 'traefik', podLabels: { app: 'traefik' } },
          { kind: 'addresses', cidr: '10.0.0.0/8' },
        ],
        ports: [5000, 8080],
      },
    ] as const;
    expect(policy('spec.ingress', { ingress })).toEqual([
      {
        from: [
          { podSelector: { matchLabels: { app: 'front' } } },
          {
            // One entry with both: two entries would mean all of the namespace, or such pods anywhere.
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } },
            podSelector: { matchLabels: { app: 'traefik' } },
          },
          { ipBlock: { cidr: '10.0.0.0/8' } },
        ],
        ports: [
          { port: 5000, protocol: 'TCP' },
          { port: 8080, protocol: 'TCP' },
        ],
      },
    ]);
  });

  it('lets names be looked up over UDP and TCP', () => {
    expect(policy('spec.egress', { egress: [DNS] })).toEqual([
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
    ]);
  });

  it('lets declared addresses be reached, each on its own ports', () => {
    const egress: TrafficRule[] = [
      { peers: [{ kind: 'addresses', cidr: '10.1.0.0/16' }], ports: [587] },
      { peers: [{ kind: 'addresses', cidr: '10.2.0.1/32' }], ports: [443, 6443] },
    ];
    expect(policy('spec.egress', { egress })).toEqual([
      { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 587, protocol: 'TCP' }] },
      {
        to: [{ ipBlock: { cidr: '10.2.0.1/32' } }],
        ports: [
          { port: 443, protocol: 'TCP' },
          { port: 6443, protocol: 'TCP' },
        ],
      },
    ]);
  });
});
