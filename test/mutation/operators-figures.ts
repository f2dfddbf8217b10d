import { add, remove, scale, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const POD = 'spec/template/spec';
const CONTAINER = `${POD}/containers/*`;
const WORKLOADS = ['Deployment', 'StatefulSet'] as const;

/** Figures that no longer fit each other: capacity, availability, life cycle. */
export const FIGURES: readonly Operator[] = [
  {
    name: 'maxReplicas ten times as high',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/maxReplicas',
    change: scale(10),
  },
  { name: 'minReplicas above maxReplicas', kind: 'HorizontalPodAutoscaler', path: 'spec/minReplicas', change: set(50) },
  { name: 'minReplicas of one', kind: 'HorizontalPodAutoscaler', path: 'spec/minReplicas', change: set(1) },
  {
    name: 'a utilisation that is never reached',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/metrics/0/resource/target/averageUtilization',
    change: set(700),
  },
  { name: 'fixed replicas beside the autoscaler', kind: 'Deployment', path: 'spec', change: add('replicas', 3) },
  {
    name: 'the CPU request that the autoscaler divides by is gone',
    kind: 'Deployment',
    path: `${CONTAINER}/resources`,
    change: withoutRequestAndLimit,
  },
  { name: 'CPU requests ten times as high', kind: 'Deployment', path: `${CONTAINER}/resources`, change: tenfoldCpu },
  { name: 'memory ten times as high', kind: 'Deployment', path: `${CONTAINER}/resources`, change: tenfoldMemory },
  { name: 'no limits at all', kind: 'Deployment', path: `${CONTAINER}/resources`, change: remove },
  { name: 'a quota of a quarter (CPU)', kind: 'ResourceQuota', path: 'spec/hard/requests.cpu', change: scale(0.25) },
  {
    name: 'a quota of a quarter (memory)',
    kind: 'ResourceQuota',
    path: 'spec/hard/limits.memory',
    change: scale(0.25),
  },
  { name: 'a quota of a quarter (pods)', kind: 'ResourceQuota', path: 'spec/hard/pods', change: scale(0.25) },
  {
    name: 'a quota of a quarter (storage)',
    kind: 'ResourceQuota',
    path: 'spec/hard/requests.storage',
    change: scale(0.25),
  },
  {
    name: 'a limit range below what the containers ask for',
    kind: 'LimitRange',
    path: 'spec/limits/0/max/cpu',
    change: set('100m'),
  },
  {
    name: 'a limit range below the memory of the containers',
    kind: 'LimitRange',
    path: 'spec/limits/0/max/memory',
    change: set('64Mi'),
  },
  {
    name: 'fewer nodes than maxReplicas needs',
    kind: 'Namespace',
    path: 'metadata/annotations/guardrails~budget-nodes',
    change: set('2'),
  },
  {
    name: 'smaller nodes than maxReplicas needs',
    kind: 'Namespace',
    path: 'metadata/annotations/guardrails~budget-cpu',
    change: set('500m'),
  },
  {
    name: 'a budget that forbids every eviction',
    kind: 'PodDisruptionBudget',
    path: 'spec/minAvailable',
    change: set('100%'),
  },
  { name: 'a budget above minReplicas', kind: 'PodDisruptionBudget', path: 'spec/minAvailable', change: set(10) },
  {
    name: 'all pods replaced at once',
    kind: 'Deployment',
    path: 'spec/strategy/rollingUpdate',
    change: set({ maxSurge: 0, maxUnavailable: '100%' }),
  },
  {
    name: 'a rollout that cannot move',
    kind: 'Deployment',
    path: 'spec/strategy/rollingUpdate',
    change: set({ maxSurge: 0, maxUnavailable: 0 }),
  },
  {
    name: 'all pods stopped before new ones start',
    kind: 'Deployment',
    path: 'spec/strategy',
    change: set({ type: 'Recreate' }),
  },
  { name: 'no spread over nodes', kind: 'Deployment', path: `${POD}/topologySpreadConstraints`, change: remove },
  {
    name: 'a spread of no skew at all',
    kind: 'Deployment',
    path: `${POD}/topologySpreadConstraints/0/maxSkew`,
    change: set(0),
  },
  { name: 'anti-affinity that needs a node for each pod', kind: 'Deployment', path: POD, change: requireOwnNode },
  ...WORKLOADS.map(
    (kind): Operator => ({
      name: `no time to drain (${kind})`,
      kind,
      path: `${POD}/terminationGracePeriodSeconds`,
      change: set(5),
    }),
  ),
  {
    name: 'the drain takes longer than the grace period',
    kind: 'Deployment',
    path: 'metadata/annotations/guardrails~drain',
    change: set('120s'),
  },
  {
    name: 'a preStop hook longer than the grace period',
    kind: 'Deployment',
    path: CONTAINER,
    change: add('lifecycle', { preStop: { exec: { command: ['sleep', '90'] } } }),
  },
  {
    name: 'a start that is given longer than the rollout waits',
    kind: 'Deployment',
    path: `${CONTAINER}/startupProbe/failureThreshold`,
    change: set(1000),
  },
  {
    name: 'a probe that times out after its period',
    kind: 'Deployment',
    path: `${CONTAINER}/livenessProbe/timeoutSeconds`,
    change: set(60),
  },
  {
    name: 'liveness asks what readiness asks',
    kind: 'Deployment',
    path: `${CONTAINER}/livenessProbe/httpGet/path`,
    change: set('/readyz'),
  },
  { name: 'no readiness probe', kind: 'Deployment', path: `${CONTAINER}/readinessProbe`, change: remove },
  {
    name: 'a scratch volume larger than what the container may store',
    kind: 'Deployment',
    path: `${POD}/volumes/*/emptyDir/sizeLimit`,
    change: set('50Gi'),
  },
  { name: 'no replicas', kind: 'StatefulSet', path: 'spec/replicas', change: set(0) },
  { name: 'a quorum of two', kind: 'StatefulSet', path: 'spec/replicas', change: scale(0.34) },
  {
    name: 'an idle footprint above the memory target',
    kind: 'Deployment',
    path: 'metadata/annotations/guardrails~idle-memory',
    change: set('120Mi'),
  },
];

function resources(value: unknown): { limits: Record<string, string>; requests: Record<string, string> } | undefined {
  return typeof value === 'object' && value !== null && 'requests' in value
    ? structuredClone(value as { limits: Record<string, string>; requests: Record<string, string> })
    : undefined;
}

function withoutRequestAndLimit(value: unknown): unknown {
  const changed = resources(value);
  if (!changed) return undefined;
  delete changed.requests['cpu'];
  delete changed.limits['cpu'];
  return changed;
}

function tenfoldCpu(value: unknown): unknown {
  const changed = resources(value);
  return (
    changed && { ...changed, requests: { ...changed.requests, cpu: '10' }, limits: { ...changed.limits, cpu: '10' } }
  );
}

function tenfoldMemory(value: unknown): unknown {
  const changed = resources(value);
  return (
    changed && {
      ...changed,
      requests: { ...changed.requests, memory: '40Gi' },
      limits: { ...changed.limits, memory: '40Gi' },
    }
  );
}

function requireOwnNode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const labelSelector = { matchLabels: { 'app.kubernetes.io/part-of': 'quotes' } };
  const term = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
  return { ...value, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}
