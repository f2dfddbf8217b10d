import { WORKLOAD } from './annotations.ts';
import type { Field, Resource } from './field.ts';
import { groupBy, oncePerPlatform, type Platform } from './platform.ts';
import { parseDuration, shareOf } from './quantity.ts';
import { matchesSelector } from './selector.ts';
import type { Container, Workload } from './workload.ts';

/** What changes the number of pods of a workload: a HorizontalPodAutoscaler, or KEDA's ScaledObject. */
export interface Autoscaler {
  readonly resource: Resource;
  readonly floor: number;
  readonly ceiling: number;
  /** The field that holds the ceiling: what to lower. */
  readonly ceilingAt: Field;
}

/** The autoscalers of a workload; more than one is a fault of its own. */
export function autoscalersOf(platform: Platform, workload: Workload): readonly Autoscaler[] {
  return byTarget(platform).get(key(workload.kind, workload.namespace, workload.name)) ?? [];
}

/** The workload that an autoscaler scales, if it is among those given. */
export function scaledBy(platform: Platform, autoscaler: Resource): Workload | undefined {
  const target = autoscaler.at('spec', 'scaleTargetRef');
  return platform.workload(kindOf(target), autoscaler.namespace, target.at('name').text ?? '');
}

const byTarget = oncePerPlatform((platform) => {
  const autoscalers = platform.ofKind('HorizontalPodAutoscaler', 'ScaledObject').map(read);
  return groupBy(autoscalers, ({ resource }) => {
    const target = resource.at('spec', 'scaleTargetRef');
    return key(kindOf(target), resource.namespace, target.at('name').text ?? '');
  });
});

function read(resource: Resource): Autoscaler {
  const keda = resource.kind === 'ScaledObject';
  const ceilingAt = resource.at('spec', keda ? 'maxReplicaCount' : 'maxReplicas');
  const floor = resource.at('spec', keda ? 'minReplicaCount' : 'minReplicas').number ?? (keda ? 0 : 1);
  return { resource, floor, ceiling: ceilingAt.number ?? (keda ? 100 : floor), ceilingAt };
}

function kindOf(target: Field): string {
  return target.at('kind').text ?? 'Deployment';
}

function key(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** The PodDisruptionBudgets that select the pods of a workload. */
export function budgetsOf(platform: Platform, workload: Workload): readonly Resource[] {
  const budgets = byNamespace(platform).get(workload.namespace) ?? [];
  return budgets.filter((budget) => workload.isSelectedBy(budget.at('spec', 'selector')));
}

const byNamespace = oncePerPlatform((platform) =>
  groupBy(platform.ofKind('PodDisruptionBudget'), ({ namespace }) => namespace),
);

/** Pods of so many that a budget lets a drain take at once; undefined when it says nothing that can be read. */
export function allowedDisruptions(budget: Resource, pods: number) {
  const keep = budget.at('spec', 'minAvailable');
  const at = keep.exists ? keep : budget.at('spec', 'maxUnavailable');
  const share = shareOf(at, pods, 'up');
  return share === undefined ? undefined : { allowed: keep.exists ? Math.max(0, pods - share) : share, at };
}

/** The label that every node carries with its own name. */
const HOSTNAME = 'kubernetes.io/hostname';

function isOverHosts({ labels }: Workload, term: Field): boolean {
  return term.at('topologyKey').text === HOSTNAME && matchesSelector(term.at('labelSelector'), labels);
}

/** Constraints that keep a pod Pending rather than break the spread over hosts. */
export function hardHostSpread(workload: Workload): readonly Field[] {
  const constraints = workload.pod.at('topologySpreadConstraints').items;
  const hard = constraints.filter((one) => one.at('whenUnsatisfiable').text === 'DoNotSchedule');
  return hard.filter((one) => isOverHosts(workload, one));
}

/** Required anti-affinity against pods of the same workload: one of them a host at most. */
export function exclusiveHosts(workload: Workload): Field | undefined {
  const required = workload.pod.at('affinity', 'podAntiAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  return required.items.find((term) => !term.at('namespaces').exists && isOverHosts(workload, term));
}

/** The terms of a workload's pod anti-affinity, the required ones first. */
export function antiAffinityTerms({ pod }: Workload): readonly Field[] {
  const affinity = pod.at('affinity', 'podAntiAffinity');
  return [
    ...affinity.at('requiredDuringSchedulingIgnoredDuringExecution').items,
    ...affinity.all('preferredDuringSchedulingIgnoredDuringExecution', '*', 'podAffinityTerm'),
  ];
}

/** The grace period that Kubernetes gives when a pod names none. */
const DEFAULT_GRACE_SECONDS = 30;

/** Seconds from SIGTERM to SIGKILL, preStop hooks included. */
export function graceSeconds(workload: Workload): number {
  return workload.pod.at('terminationGracePeriodSeconds').number ?? DEFAULT_GRACE_SECONDS;
}

/** What the workload says its process takes after SIGTERM; undefined when it says nothing. */
export function drainSeconds(workload: Workload): number | undefined {
  return parseDuration(workload.resource.annotations[WORKLOAD.drain]);
}

/** Seconds that a container's preStop hook sleeps, as far as it can be read off its command. */
export function preStopSeconds(container: Container): number {
  const hook = container.field.at('lifecycle', 'preStop');
  const sleep = hook.at('sleep', 'seconds').number;
  if (sleep !== undefined) return sleep;
  const command = hook.all('exec', 'command', '*').map(({ scalar }) => scalar);
  const sleeps = [...command.join(' ').matchAll(/\bsleep\s+(\d+(?:\.\d+)?[smh]?)\b/g)];
  return sleeps.reduce((sum, [, amount]) => sum + (parseDuration(amount) ?? 0), 0);
}

/** Seconds until a pod is gone: the longest preStop hook, then what its process takes. */
export function stoppingSeconds(workload: Workload): number {
  return Math.max(0, ...workload.running.map(preStopSeconds)) + (drainSeconds(workload) ?? 0);
}
