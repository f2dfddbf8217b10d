import { METRICS } from '../../../app/contract.ts';
import type { Alert, Severity, Symptom } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';
import { pod } from './proof-traffic.ts';
import { cpuThresholds, memoryThresholds, type UsageThresholds } from './usage-thresholds.ts';

/** CPU, memory and disk of the pods of one service, from their own cgroup: every percentage is of the container's limit. */
export function usageAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  const cpu = cpuThresholds(service);
  const memory = memoryThresholds(service);
  const usages: readonly Usage[] = [
    { ...CPU, name: 'CpuNearLimit', severity: 'critical', above: cpu.critical, for: '5m' },
    { ...CPU, name: 'CpuHigh', severity: 'warning', above: cpu.warning, for: '10m', held: cpu },
    { ...MEMORY, name: 'MemoryNearLimit', severity: 'critical', above: memory.critical, for: '2m' },
    { ...MEMORY, name: 'MemoryHigh', severity: 'warning', above: memory.warning, for: '5m', held: memory },
    { ...DISK, name: 'DiskHigh', severity: 'warning', above: 80, for: '10m' },
  ];
  return usages.filter(({ metric }) => service.shows(metric)).map((usage) => usageAlert(service, context, usage));
}

interface Usage {
  readonly name: string;
  readonly severity: Severity;
  readonly symptom: Symptom;
  readonly metric: string;
  /** Sentence parts: what, of what, and what follows. */
  readonly what: string;
  readonly of: string;
  readonly consequence: string;
  readonly above: number;
  readonly for: string;
  readonly held?: UsageThresholds;
}

const CPU = {
  symptom: 'cpu',
  metric: METRICS.cpu,
  what: 'CPU',
  of: "the container's CPU limit",
  consequence: 'At the limit the kernel throttles the process and every request waits.',
} as const;

const MEMORY = {
  symptom: 'memory',
  metric: METRICS.memory,
  what: 'memory',
  of: "the container's memory limit",
  consequence: 'At the limit the kernel kills the process.',
} as const;

const DISK = {
  symptom: 'disk',
  metric: METRICS.disk,
  what: '/tmp',
  of: "the size limit of the pod's /tmp",
  consequence: 'Above it the kubelet evicts the pod.',
} as const;

function usageAlert({ name }: WatchedService, context: MonitoringContext, usage: Usage): Alert {
  const gauge = (value: number) => [constant(`${usage.metric}{${pod(context, name)}}`, value)];
  const held = usage.held?.held ?? null;
  return {
    name: usage.name,
    severity: usage.severity,
    symptom: usage.symptom,
    service: name,
    expr: `${series(usage.metric, { namespace: context.namespace, job: name })} > ${usage.above}`,
    for: usage.for,
    summary: `${name}: pod {{ $labels.pod }} uses {{ $value | humanize }} % of ${usage.of}`,
    description:
      `The ${usage.what} of a pod has been above ${usage.above} % of ${usage.of} (not of the request) for ${usage.for}. ${usage.consequence}` +
      (held === null ? '' : ` The autoscaler holds about ${held} % of the limit on average.`),
    dashboard: { service: name },
    proof: { fires: gauge(usage.above + 1), quiet: gauge(usage.above - 1), at: '15m' },
  };
}
