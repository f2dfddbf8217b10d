import type { Demand } from './demand.ts';
import type { Environment, Rollout, Stopping } from './environments/environment.ts';
import type { Resources, ServiceSpec } from './services/service.ts';

/** A request's share that the promised rate may use: the autoscaler's CPU target (design, "Numbers": 70 %). */
const PROMISE_PERCENT = 70;
/**
 * Idle memory as a share of its request. Under the autoscaler's 80 %, or an idle pod would ask for a second one; and at most
 * 80 % x 2/3, or three idle pods would never become two again.
 */
const IDLE_PERCENT = 50;

/** How many pods of a service there are, and what each may use: a service's need under an environment's policy. */
export interface WorkloadSize {
  /** Pods in a quiet hour; the fixed number where nothing scales. */
  readonly floor: number;
  /** Most pods the autoscaler may ask for; equal to the floor where nothing scales. */
  readonly ceiling: number;
  readonly autoscaled: boolean;
  /** Pods beside the wanted ones during a rollout at the ceiling. */
  readonly surge: number;
  /** Pods that still stop while a rollout at the ceiling goes on. */
  readonly terminating: number;
  readonly requests: Resources;
  readonly limits: Resources;
}

/** Joins a service and an environment; pure. */
export function sizeOf(service: ServiceSpec, environment: Environment): WorkloadSize {
  const { scaling, rollout, stopping, resources } = environment;
  const own = environment.sizing[service.name] ?? {};
  const autoscaled = scaling.kind === 'auto';
  const floor = own.floor ?? (autoscaled ? scaling.floor : scaling.replicas);
  const ceiling = own.ceiling ?? (autoscaled ? scaling.ceiling : floor);
  const surge = Math.ceil((ceiling * rollout.surgePercent) / 100);
  return {
    floor,
    ceiling,
    autoscaled,
    surge,
    terminating: terminatingPods(ceiling, surge, rollout, stopping),
    requests: own.requests ?? requestsOf(service, resources.requests),
    limits: own.limits ?? resources.limits,
  };
}

/**
 * Waves of a rollout are at least `minReady` apart, and a pod of an older wave is gone after `shutdown`:
 * so many waves may be stopping at once. Never more than there were pods.
 */
function terminatingPods(ceiling: number, surge: number, rollout: Rollout, stopping: Stopping): number {
  const waves = Math.ceil(stopping.shutdownSeconds / Math.max(rollout.minReadySeconds, 1));
  return Math.min(surge * waves, ceiling);
}

function requestsOf(service: ServiceSpec, policy: Environment['resources']['requests']): Resources {
  if (policy.kind === 'fixed') {
    return { cpuMillis: policy.cpuMillis, memoryMiB: policy.memoryMiB, ephemeralMiB: policy.ephemeralMiB };
  }
  const { floor } = policy;
  return {
    cpuMillis: Math.max(floor.cpuMillis, roundUp((service.measured.cpuMillisAtPromise * 100) / PROMISE_PERCENT, 10)),
    memoryMiB: Math.max(floor.memoryMiB, roundUp((service.measured.idleMemoryMiB * 100) / IDLE_PERCENT, 16)),
    ephemeralMiB: floor.ephemeralMiB,
  };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** What a service may ask of the cluster. */
export function serviceDemand(service: ServiceSpec, environment: Environment): Demand {
  const size = sizeOf(service, environment);
  return {
    name: service.name,
    namespace: environment.namespace,
    floorPods: size.floor,
    ceilingPods: size.ceiling,
    peakPods: size.ceiling + size.surge + size.terminating,
    requests: size.requests,
    limits: size.limits,
    hosts: environment.spread.hosts === 'required' ? 'even' : 'any',
    claimsGi: [],
  };
}
