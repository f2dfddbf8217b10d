import { type Field, isRecord, type Resource } from '../../../guardrails/field.ts';
import {
  type Added,
  type Change,
  type Changed,
  objectOf,
  type Removed,
  type Risk,
  type RiskFinder,
  same,
  showValue,
} from '../compare.ts';

const DIRECTIONS = ['ingress', 'egress'] as const;
type Direction = (typeof DIRECTIONS)[number];

/** One thing that a policy lets through; undefined stands for everybody, or for every port. */
interface Allowance {
  readonly direction: Direction;
  readonly peer: unknown;
  readonly port: unknown;
}

const ADVICE = 'See who reaches whom afterwards: npm run validate -- --reachability dist';

/** Network policies that go, or that let through what they did not before. */
export const widerPolicies: RiskFinder = (changes) =>
  changes.flatMap((change) => {
    if (objectOf(change).kind !== 'NetworkPolicy') return [];
    if (change.kind === 'removed') return [removedPolicy(change)];
    return change.kind === 'changed' ? widened(change) : added(change, changes);
  });

function removedPolicy(change: Removed): Risk {
  const all = isEmpty(change.before.at('spec', 'podSelector'));
  const message = all
    ? 'is removed: it selects every pod of its namespace, and a pod that no policy selects may talk to anyone'
    : 'is removed: a pod that no other policy selects may now talk to anyone';
  return { level: all ? 'danger' : 'caution', change, message, advice: ADVICE };
}

/** Policies add up: a new one opens pods that another closed. One that comes together with its pods opens nothing that was closed. */
function added(change: Added, changes: readonly Change[]): readonly Risk[] {
  const { after } = change;
  const arrivals = changes.flatMap((other) => (other.kind === 'added' ? [other.after] : []));
  if (arrivals.some((arrival) => bringsPods(arrival, after))) return [];
  const opened = allowancesOf(after).map(describe);
  if (opened.length === 0) return [];
  return [{ level: 'caution', change, message: `is new and lets through ${opened.join('; ')}`, advice: ADVICE }];
}

/** Whether an object is the namespace of a policy, or the workload that it is about. */
function bringsPods(arrival: Resource, policy: Resource): boolean {
  if (arrival.kind === 'Namespace') return arrival.name === policy.namespace;
  const wanted = policy.at('spec', 'podSelector', 'matchLabels').entries;
  if (arrival.namespace !== policy.namespace || wanted.length === 0) return false;
  const templates = [arrival.at('spec', 'template'), arrival.at('spec', 'jobTemplate', 'spec', 'template')];
  return templates.some((template) =>
    wanted.every(([key, value]) => value.text === template.at('metadata', 'labels', key).text),
  );
}

function widened(change: Changed): readonly Risk[] {
  const { before, after } = change;
  const messages = DIRECTIONS.filter((direction) => governs(before, direction) && !governs(after, direction)).map(
    (direction) => `no longer limits ${direction}`,
  );
  if (!same(before.at('spec', 'podSelector').value, after.at('spec', 'podSelector').value))
    messages.push('selects other pods: those that it leaves are no longer limited by it');
  const was = allowancesOf(before);
  const more = allowancesOf(after).filter((allowance) => !was.some((one) => covers(one, allowance)));
  messages.push(...more.map((allowance) => `lets through ${describe(allowance)}`));
  return messages.length === 0 ? [] : [{ level: 'caution', change, message: messages.join('; '), advice: ADVICE }];
}

function allowancesOf(policy: Resource): readonly Allowance[] {
  return DIRECTIONS.filter((direction) => governs(policy, direction)).flatMap((direction) =>
    policy.at('spec', direction).items.flatMap((rule) => {
      const peers = valuesOf(rule.at(direction === 'ingress' ? 'from' : 'to'));
      const ports = valuesOf(rule.at('ports'));
      return peers.flatMap((peer) => ports.map((port) => ({ direction, peer, port })));
    }),
  );
}

/** A list that is missing or empty lets everything through. */
function valuesOf(list: Field): readonly unknown[] {
  return list.items.length === 0 ? [undefined] : list.items.map(({ value }) => value);
}

function governs(policy: Resource, direction: Direction): boolean {
  const types = policy.at('spec', 'policyTypes').items.map(({ text }) => text);
  if (types.length === 0) return direction === 'ingress' || policy.at('spec', 'egress').exists;
  return types.includes(direction === 'ingress' ? 'Ingress' : 'Egress');
}

function covers(wide: Allowance, narrow: Allowance): boolean {
  return (
    wide.direction === narrow.direction &&
    (wide.peer === undefined || same(wide.peer, narrow.peer)) &&
    (wide.port === undefined || same(wide.port, narrow.port))
  );
}

function describe({ direction, peer, port }: Allowance): string {
  return `${direction} ${direction === 'ingress' ? 'from' : 'to'} ${peerText(peer)} on ${portText(port)}`;
}

function isEmpty(selector: Field): boolean {
  return selector.at('matchLabels').entries.length === 0 && selector.at('matchExpressions').items.length === 0;
}

/** Labels by which almost every selector of ours speaks of one service: shown by their value alone. */
const NAME = /^(app\.kubernetes\.io\/name|app|kubernetes\.io\/metadata\.name)$/;
const INSTANCE = 'app.kubernetes.io/instance';

/** A peer of a network policy in words: `pods front in namespace traefik`; undefined stands for everybody. */
export function peerText(peer: unknown): string {
  if (peer === undefined) return 'everybody';
  if (!isRecord(peer)) return showValue(peer);
  const { podSelector, namespaceSelector, ipBlock, ...unknown } = peer;
  if (Object.keys(unknown).length > 0 || ipBlock !== undefined) return showValue(ipBlock ?? peer);
  const pods = podSelector === undefined || selectsAll(podSelector) ? 'every pod' : `pods ${selectorText(podSelector)}`;
  if (namespaceSelector === undefined) return pods;
  return selectsAll(namespaceSelector)
    ? `${pods} of every namespace`
    : `${pods} in namespace ${selectorText(namespaceSelector)}`;
}

/** A port of a network policy in words: `5000/TCP`; undefined stands for every port. */
export function portText(port: unknown): string {
  if (port === undefined) return 'every port';
  if (!isRecord(port)) return showValue(port);
  const { port: first, endPort, protocol } = port;
  const range = [first, endPort].filter((end) => end !== undefined).join('-');
  return `${range === '' ? 'every port' : range}/${String(protocol ?? 'TCP')}`;
}

function selectsAll(selector: unknown): boolean {
  return isRecord(selector) && Object.keys(selector).length === 0;
}

function selectorText(selector: unknown): string {
  const labels = isRecord(selector) ? selector['matchLabels'] : undefined;
  if (!isRecord(selector) || !isRecord(labels) || Object.keys(selector).length > 1) return showValue(selector);
  const shown = Object.entries(labels).filter(([key]) => key !== INSTANCE || Object.keys(labels).length === 1);
  return shown.map(([key, value]) => (NAME.test(key) ? String(value) : `${key}=${String(value)}`)).join(', ');
}
