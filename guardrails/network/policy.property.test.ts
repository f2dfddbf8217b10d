import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Resource } from '../field.ts';
import { Network } from './network.ts';
import { type Endpoint, NAMESPACE_NAME, type PodEndpoint, readPolicy } from './policy.ts';

/**
 * A second, naive reading of the NetworkPolicy API, straight over the raw objects and without the code under test: what the documentation says,
 * line by line. Random worlds of pods, namespaces, addresses and policies must be judged the same by both.
 */
type Raw = Readonly<Record<string, unknown>>;
interface RawSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}
interface RawPeer {
  readonly podSelector?: RawSelector;
  readonly namespaceSelector?: RawSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface RawPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}
interface RawRule {
  readonly from?: readonly RawPeer[];
  readonly to?: readonly RawPeer[];
  readonly ports?: readonly RawPort[];
}
interface RawPolicy {
  readonly namespace: string;
  readonly spec: {
    readonly podSelector: RawSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly RawRule[];
    readonly egress?: readonly RawRule[];
  };
}

function selected(
  { matchLabels = {}, matchExpressions = [] }: RawSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  for (const key of Object.keys(matchLabels)) if (labels[key] !== matchLabels[key]) return false;
  for (const { key, operator, values = [] } of matchExpressions) {
    const has = key in labels;
    const listed = has && values.includes(labels[key] ?? '');
    if (operator === 'In' && !listed) return false;
    if (operator === 'NotIn' && listed) return false;
    if (operator === 'Exists' && !has) return false;
    if (operator === 'DoesNotExist' && has) return false;
  }
  return true;
}

const toNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function inBlock(cidr: string, ip: string): boolean {
  const [base = '', bits = '0'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(base) / size) === Math.floor(toNumber(ip) / size);
}

function peerMatches(peer: RawPeer, endpoint: Endpoint, policyNamespace: string): boolean {
  if (peer.ipBlock) {
    if (endpoint.kind === 'pod') return false;
    return (
      inBlock(peer.ipBlock.cidr, endpoint.ip) && !(peer.ipBlock.except ?? []).some((cidr) => inBlock(cidr, endpoint.ip))
    );
  }
  if (endpoint.kind === 'address') return false;
  if (!peer.namespaceSelector && endpoint.namespace !== policyNamespace) return false;
  if (peer.namespaceSelector && !selected(peer.namespaceSelector, endpoint.namespaceLabels)) return false;
  return !peer.podSelector || selected(peer.podSelector, endpoint.labels);
}

function portMatches(port: RawPort, asked: number, protocol: string, to: Endpoint): boolean {
  if ((port.protocol ?? 'TCP') !== protocol) return false;
  if (port.port === undefined) return true;
  if (typeof port.port === 'number') return asked >= port.port && asked <= (port.endPort ?? port.port);
  return (
    to.kind === 'pod' &&
    (to.namedPorts.get(port.port) ?? []).some((one) => one.number === asked && one.protocol === protocol)
  );
}

function naive(policies: readonly RawPolicy[], from: Endpoint, to: Endpoint, port: number, protocol: string): boolean {
  const side = (own: Endpoint, peer: Endpoint, type: 'Ingress' | 'Egress'): boolean => {
    if (own.kind === 'address') return true;
    const relevant = policies.filter(({ namespace, spec }) => {
      const types = spec.policyTypes ?? (spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']);
      return namespace === own.namespace && types.includes(type) && selected(spec.podSelector, own.labels);
    });
    if (relevant.length === 0) return true;
    return relevant.some(({ namespace, spec }) =>
      (type === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? [])).some((rule) => {
        const peers = (type === 'Ingress' ? rule.from : rule.to) ?? [];
        const ports = rule.ports ?? [];
        const peerOk = peers.length === 0 || peers.some((one) => peerMatches(one, peer, namespace));
        return peerOk && (ports.length === 0 || ports.some((one) => portMatches(one, port, protocol, to)));
      }),
    );
  };
  return side(from, to, 'Egress') && side(to, from, 'Ingress');
}

const labels = fc.dictionary(fc.constantFrom('app', 'tier'), fc.constantFrom('a', 'b'), { maxKeys: 2 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const expression = fc
  .record({ key: fc.constantFrom('app', 'tier'), operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist') })
  .chain((one) =>
    fc.record({
      key: fc.constant(one.key),
      operator: fc.constant(one.operator),
      ...(one.operator.endsWith('In') ? { values: fc.subarray(['a', 'b'], { minLength: 1 }) } : {}),
    }),
  );
const selector = fc.oneof(
  fc.constant({}),
  fc.record({ matchLabels: labels }),
  fc.record({ matchExpressions: fc.array(expression, { maxLength: 2 }) }),
  fc.record({ matchLabels: fc.record({ [NAMESPACE_NAME]: fc.constantFrom('one', 'two', 'three') }) }),
);
const block = fc.record({
  cidr: fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0'),
  except: fc.subarray(['10.1.2.0/24', '10.1.0.0/16']),
});
const peer = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ podSelector: selector, namespaceSelector: selector }),
  fc.record({ ipBlock: block }),
);
const port = fc.oneof(
  fc.record({ port: fc.constantFrom(80, 81, 'http'), protocol: fc.constantFrom('TCP', 'UDP') }),
  fc.record({ port: fc.constantFrom(79, 80), endPort: fc.constantFrom(80, 82) }),
  fc.record({ protocol: fc.constantFrom('TCP', 'UDP') }),
);
const rule = (side: 'from' | 'to') =>
  fc.record({ [side]: fc.array(peer, { maxLength: 2 }), ports: optional(fc.array(port, { maxLength: 2 })) });
const spec = fc.record({
  podSelector: selector,
  policyTypes: optional(fc.subarray(['Ingress', 'Egress'], { minLength: 1 })),
  ingress: optional(fc.array(rule('from'), { maxLength: 2 })),
  egress: optional(fc.array(rule('to'), { maxLength: 2 })),
});
const namespace = fc.constantFrom('one', 'two');
const NAMESPACES = {
  one: { app: 'a', [NAMESPACE_NAME]: 'one' },
  two: { tier: 'b', [NAMESPACE_NAME]: 'two' },
} as const;
const pod = fc.record({ namespace, labels, http: fc.constantFrom(80, 81) }).map(
  (one): PodEndpoint => ({
    kind: 'pod',
    name: 'pod',
    namespace: one.namespace,
    namespaceLabels: NAMESPACES[one.namespace as keyof typeof NAMESPACES],
    labels: one.labels,
    namedPorts: new Map([['http', [{ number: one.http, protocol: 'TCP' }]]]),
    onHost: false,
  }),
);
const address = fc
  .constantFrom('10.1.2.3', '10.1.9.9', '10.9.9.9', '192.0.2.1')
  .map((ip): Endpoint => ({ kind: 'address', name: ip, ip }));
const endpoint: fc.Arbitrary<Endpoint> = fc.oneof({ weight: 4, arbitrary: pod }, { weight: 1, arbitrary: address });

/** What JSON would hold: without the keys that are undefined. */
const written = (value: unknown): Raw => JSON.parse(JSON.stringify(value)) as Raw;

function toPolicies(worlds: readonly { readonly namespace: string; readonly spec: unknown }[]) {
  const raw = worlds.map((world) => written(world) as unknown as RawPolicy);
  const resources = raw.map(
    (one, index) =>
      new Resource(
        { file: 'world.yaml', document: index, within: [] },
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: `p${index}`, namespace: one.namespace },
          spec: one.spec,
        },
      ),
  );
  return { raw, policies: resources.map(readPolicy) };
}

const worlds = fc.array(fc.record({ namespace, spec }), { maxLength: 4 });

it('judges random worlds as a naive reading of the API does', () => {
  const ports = [79, 80, 81, 82].flatMap((number) => ['TCP', 'UDP'].map((protocol) => ({ number, protocol })));
  fc.assert(
    fc.property(worlds, endpoint, endpoint, (given, from, to) => {
      const { raw, policies } = toPolicies(given);
      const network = new Network([], policies);
      for (const one of ports)
        expect(network.allows(from, to, one)).toBe(naive(raw, from, to, one.number, one.protocol));
    }),
    { numRuns: 1500 },
  );
});

it('finds the pods of peers that a comparison with every pod finds, in their order', () => {
  fc.assert(
    fc.property(worlds, fc.array(pod, { maxLength: 6 }), (given, pods) => {
      const { policies } = toPolicies(given);
      const peers = policies.flatMap(({ rules: { ingress = [], egress = [] } }) =>
        [...ingress, ...egress].flatMap((one) => one.peers),
      );
      const found = new Network(pods, policies).podsAmong(peers);
      expect(found).toEqual(pods.filter((one) => peers.some(({ matches }) => matches(one))));
    }),
    { numRuns: 1500 },
  );
});
