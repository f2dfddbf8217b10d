import type { Environment, ScalingPace } from '../environments/environment.ts';

/** A figure and where it must lie; the bounds are the API server's unless a comment says otherwise. */
interface Bounded {
  readonly field: string;
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
}

/** Figures of an environment outside of what Kubernetes, or a sum over nodes, can work with. */
export function numberProblems(environment: Environment): string[] {
  return boundsOf(environment)
    .filter(({ value, min, max }) => value !== null && !(Number.isInteger(value) && value >= min && value <= max))
    .map(({ field, value, min, max }) =>
      max === Infinity
        ? `${field} is ${value}; give it a whole number of at least ${min}`
        : `${field} is ${value}; give it a whole number from ${min} to ${max}`,
    );
}

function boundsOf(environment: Environment): Bounded[] {
  const { edge, rollout, stopping, scaling } = environment;
  return [
    ...Object.entries(environment.budget).map(([key, value]) =>
      within(`budget.${key}`, value, key === 'storageGi' ? 0 : 1),
    ),
    // No pod may be unavailable during a rollout: without a surge, nothing could move.
    within('rollout.surgePercent', rollout.surgePercent, 1, 100),
    within('rollout.minReadySeconds', rollout.minReadySeconds, 0),
    within('rollout.progressDeadlineSeconds', rollout.progressDeadlineSeconds, rollout.minReadySeconds + 1),
    ...Object.entries(stopping).map(([key, value]) => within(`stopping.${key}`, value, 0)),
    within('minAvailable', environment.minAvailable, 1),
    // Above it are the system's own classes.
    within('priority', environment.priority, -1_000_000_000, 1_000_000_000),
    within('edge.nodePort', edge.nodePort, 30_000, 32_767),
    ...Object.entries(edge.listeners).map(([key, value]) => within(`edge.listeners.${key}`, value, 1, 65_535)),
    within('edge.rateLimit.requestsPerMinute', edge.rateLimit?.requestsPerMinute ?? null, 1),
    within('edge.rateLimit.burst', edge.rateLimit?.burst ?? null, 1),
    ...storeBounds(environment.redis),
    ...monitoringBounds(environment.monitoring),
    ...(scaling.kind === 'auto'
      ? [
          within('scaling.cpuPercent', scaling.cpuPercent, 1, 100),
          within('scaling.memoryPercent', scaling.memoryPercent, 1, 100),
          ...paceBounds('scaling.scaleDown', scaling.scaleDown),
          ...paceBounds('scaling.scaleUp', scaling.scaleUp),
        ]
      : []),
  ];
}

function storeBounds(redis: Environment['redis']): Bounded[] {
  if (redis.kind === 'external') return [within('redis.waitReplicas', redis.waitReplicas, 0)];
  return [
    within('redis.container.maxMemoryMiB', redis.container.maxMemoryMiB, 1),
    within('redis.container.maxClients', redis.container.maxClients, 1),
    ...(redis.persistence.kind === 'volume' ? [within('redis.persistence.sizeGi', redis.persistence.sizeGi, 1)] : []),
  ];
}

function monitoringBounds(monitoring: Environment['monitoring']): Bounded[] {
  if (monitoring.kind !== 'standalone') return [];
  return [
    within('monitoring.retentionDays', monitoring.retentionDays, 1),
    within('monitoring.prometheusSize.storageGi', monitoring.prometheusSize.storageGi, 1),
    within('monitoring.certManager.port', monitoring.certManager?.port ?? null, 1, 65_535),
  ];
}

function paceBounds(field: string, pace: ScalingPace): Bounded[] {
  return [
    within(`${field}.windowSeconds`, pace.windowSeconds, 0, 3_600),
    within(`${field}.percent`, pace.percent, 1),
    within(`${field}.periodSeconds`, pace.periodSeconds, 1, 1_800),
  ];
}

/** Null, where a type allows it, means that nothing is asked for. */
function within(field: string, value: number | null, min: number, max: number = Infinity): Bounded {
  return { field, value, min, max };
}
