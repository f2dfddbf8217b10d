import { WORKLOAD } from './annotations.ts';
import type { Container } from './container.ts';
import { parseDuration } from './duration.ts';
import type { Workload } from './workload.ts';

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
  const command = hook
    .at('exec', 'command')
    .items.map(({ scalar }) => scalar ?? '')
    .join(' ');
  const sleeps = [...command.matchAll(/\bsleep\s+(\d+(?:\.\d+)?[smh]?)\b/g)];
  return sleeps.reduce((sum, [, amount]) => sum + (parseDuration(amount) ?? 0), 0);
}

/** Seconds until a pod is gone: the longest preStop hook, then what its process takes. */
export function stoppingSeconds(workload: Workload): number {
  return Math.max(0, ...workload.running.map(preStopSeconds)) + (drainSeconds(workload) ?? 0);
}
