import type { ContainerSize, Resources } from '../constructs/quantity.ts';
import type { Environment, Rollout, Stopping } from './environment.ts';
import type { ResourceDemand } from './resource-demand.ts';
import { isSingleton, type ServiceSpec } from './service-spec.ts';

/** A request's share that the promised rate may use: the autoscaler's CPU target (design, "Numbers": 70 %). */
const PROMISE_PERCENT = 70;
/**
 * Idle memory as a share of its request. Under the autoscaler's 80 %, or an idle pod would ask for a second one; and at most
 * 80 % x 2/3, or three idle pods would never become two again.
 */
const IDLE_PERCENT = 50;

/** How many pods of a service there are, and what each may use: a service's need under an environment's policy. */
export interface WorkloadSize extends ContainerSize {
  /** Pods in a quiet hour; the fixed number where nothing scales. */
  readonly minReplicas: number;
  /** Most pods that the autoscaler may ask for; equal to the minimum where nothing scales. */
  readonly maxReplicas: number;
  readonly autoscaled: boolean;
  /** Pods beside the wanted ones during a rollout at the maximum. */
  readonly surge: number;
  /** Pods that still stop while a rollout at the maximum goes on. */
  readonly terminating: number;
}

/** Joins a service and an environment; pure. */
export function sizeOf(service: ServiceSpec, environment: Environment): WorkloadSize {
  const { scaling, rollout, stopping, resources } = environment;
  const own = environment.sizing[service.name] ?? {};
  const sizes = {
    requests: own.requests ?? service.resources?.requests ?? requestsOf(service, environment),
    limits: own.limits ?? service.resources?.limits ?? resources.limits,
  };
  if (isSingleton(service))
    // Its old pod is still stopping when the new one is made; a StatefulSet waits for it.
    return {
      minReplicas: 1,
      maxReplicas: 1,
      autoscaled: false,
      surge: 0,
      terminating: service.volume === undefined ? 1 : 0,
      ...sizes,
    };
  const autoscaled = scaling.kind === 'auto';
  const minReplicas = own.minReplicas ?? (autoscaled ? scaling.minReplicas : scaling.replicas);
  const maxReplicas = own.maxReplicas ?? (autoscaled ? scaling.maxReplicas : minReplicas);
  const surge = Math.ceil((maxReplicas * rollout.surgePercent) / 100);
  return {
    minReplicas,
    maxReplicas,
    autoscaled,
    surge,
    terminating: terminatingPods(maxReplicas, surge, rollout, stopping),
    ...sizes,
  };
}

/**
 * Waves of a rollout are at least `minReady` apart, and a pod of an older wave is gone after `shutdown`:
 * so many waves may be stopping at once. Never more than there were pods.
 */
function terminatingPods(maxReplicas: number, surge: number, rollout: Rollout, stopping: Stopping): number {
  const waves = Math.ceil(stopping.shutdownSeconds / Math.max(rollout.minReadySeconds, 1));
  return Math.min(surge * waves, maxReplicas);
}

function requestsOf(
  { measured }: ServiceSpec,
  { resources: { requests: policy }, promisedRate }: Environment,
): Resources {
  if (policy.kind === 'fixed') {
    return { cpuMillis: policy.cpuMillis, memoryMiB: policy.memoryMiB, ephemeralMiB: policy.ephemeralMiB };
  }
  const { minimum } = policy;
  if (measured === undefined) return minimum;
  const cpuAtPromise = (measured.cpuMillisPer1000 * promisedRate) / 1_000;
  return {
    cpuMillis: Math.max(minimum.cpuMillis, roundUp((cpuAtPromise * 100) / PROMISE_PERCENT, 10)),
    memoryMiB: Math.max(minimum.memoryMiB, roundUp((measured.idleMemoryMiB * 100) / IDLE_PERCENT, 16)),
    ephemeralMiB: minimum.ephemeralMiB,
  };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** @param namespace where it stands. @default - the environment's own */
export function serviceDemand(
  service: ServiceSpec,
  environment: Environment,
  namespace = environment.namespace,
): ResourceDemand {
  const { minReplicas, maxReplicas, surge, terminating, requests, limits } = sizeOf(service, environment);
  return {
    name: service.name,
    namespace,
    minPods: minReplicas,
    maxPods: maxReplicas,
    peakPods: maxReplicas + surge + terminating,
    requests,
    limits,
    hosts: environment.spread.hosts === 'required' && !isSingleton(service) ? 'even' : 'any',
    claimsGi: service.volume === undefined ? [] : [service.volume.sizeGi],
  };
}
