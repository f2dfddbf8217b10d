import { type Dice, diceFrom } from './platforms.ts';
import type { Connection, World } from './policy-engine.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where the pods and the nodes are. No block of a policy covers it: whether a block is about pods is left to each engine. */
const PODS = '100.64.0.0/16';
/** Addresses outside the cluster. */
export const OUTSIDE = ['10.1.2.3', '10.1.9.9', '10.200.0.1', '192.0.2.10', '203.0.113.7'] as const;
const NAMESPACES = ['one', 'two', 'three'] as const;
const PORTS = [53, 80, 81, 443, 8080] as const;
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** Some pods, the policies about them, and connections between any two of them and to and from outside. */
export function randomWorld(random: () => number, connections: number): World {
  const dice = diceFrom(random);
  const namespaces = NAMESPACES.map((name) => ({
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labelsOf(dice) } },
  }));
  const pods = Array.from({ length: 3 + dice.upTo(3) }, (_, index) => podOf(index, dice));
  const policies = Array.from({ length: 1 + dice.upTo(4) }, (_, index) => policyOf(index, dice));
  const [first, ...others] = pods.map(({ status }) => status.podIP);
  const anywhere = (): string => dice.pick(first ?? '', ...others, dice.pick(...OUTSIDE));
  const asked: Connection[] = [];
  while (asked.length < connections) {
    const [from, to] = [anywhere(), anywhere()];
    const outside: readonly string[] = OUTSIDE;
    if (from === to || (outside.includes(from) && outside.includes(to))) continue;
    asked.push({ from, to, port: dice.pick(...PORTS), protocol: dice.pick(...PROTOCOLS) });
  }
  return { namespaces, pods, policies, connections: asked };
}

function labelsOf(dice: Dice): Fields {
  const app = dice.maybe(0.7, () => ({ app: dice.pick('a', 'b') }));
  return { ...app, ...dice.maybe(0.5, () => ({ tier: dice.pick('a', 'b') })) };
}

function podOf(index: number, dice: Dice) {
  const podIP = `100.64.0.${index + 1}`;
  const port = () => ({
    ...dice.maybe(0.7, () => ({ name: dice.pick('http', 'dns') })),
    containerPort: dice.pick(...PORTS),
    ...dice.maybe(0.5, () => ({ protocol: dice.pick(...PROTOCOLS) })),
  });
  const containers = Array.from({ length: 1 + dice.upTo(1) }, (_, number) => ({
    name: `c${number}`,
    image: 'example.com/app:1',
    ports: [port()],
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, namespace: dice.pick(...NAMESPACES), labels: labelsOf(dice) },
    spec: { containers, ...dice.maybe(0.1, () => ({ hostNetwork: true })) },
    status: { podIP, podIPs: [{ ip: podIP }], phase: 'Running' },
  };
}

function policyOf(index: number, dice: Dice): Fields {
  const types = dice.maybe(0.6, () => ({
    policyTypes: dice.pick<readonly string[]>(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${index}`, namespace: dice.pick(...NAMESPACES) },
    spec: {
      podSelector: selectorOf(dice),
      ...types,
      ...dice.maybe(0.6, () => ({ ingress: rulesOf('from', dice) })),
      ...dice.maybe(0.6, () => ({ egress: rulesOf('to', dice) })),
    },
  };
}

/** At least one rule: an API server keeps an empty list as an absent one, which the engine tells apart. */
function rulesOf(side: 'from' | 'to', dice: Dice): readonly Fields[] {
  return Array.from({ length: 1 + dice.upTo(1) }, () => ({
    ...dice.maybe(0.8, () => ({ [side]: Array.from({ length: 1 + dice.upTo(1) }, () => peerOf(dice)) })),
    ...dice.maybe(0.7, () => ({ ports: Array.from({ length: 1 + dice.upTo(1) }, () => portOf(dice)) })),
  }));
}

function peerOf(dice: Dice): Fields {
  const cidr = dice.pick('10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24', '203.0.113.7/32', '0.0.0.0/0');
  const inside = cidr.startsWith('10.')
    ? dice.maybe(0.5, () => ({ except: [dice.pick('10.1.2.0/24', '10.1.9.9/32')] }))
    : {};
  return dice.pick<() => Fields>(
    () => ({ podSelector: selectorOf(dice) }),
    () => ({ namespaceSelector: selectorOf(dice) }),
    () => ({ podSelector: selectorOf(dice), namespaceSelector: selectorOf(dice) }),
    () => ({ ipBlock: { cidr, ...(cidr === '0.0.0.0/0' ? { except: [PODS] } : inside) } }),
  )();
}

function portOf(dice: Dice): Fields {
  const protocol = dice.maybe(0.6, () => ({ protocol: dice.pick(...PROTOCOLS) }));
  return dice.pick<() => Fields>(
    () => ({ ...protocol, port: dice.pick(...PORTS) }),
    () => ({ ...protocol, port: dice.pick('http', 'dns') }),
    () => ({ ...protocol, port: dice.pick(79, 80), endPort: dice.pick(80, 81, 443) }),
    () => protocol,
  )();
}

function selectorOf(dice: Dice): Fields {
  const key = dice.pick('app', 'tier');
  const operator = dice.pick('In', 'NotIn', 'Exists', 'DoesNotExist');
  const values = operator.endsWith('In') ? { values: dice.pick<readonly string[]>(['a'], ['b'], ['a', 'b']) } : {};
  return dice.pick<Fields>(
    {},
    { matchLabels: { [key]: dice.pick('a', 'b') } },
    { matchExpressions: [{ key, operator, ...values }] },
    { matchLabels: { app: 'a' }, matchExpressions: [{ key: 'tier', operator, ...values }] },
  );
}
