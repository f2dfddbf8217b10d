import { METRICS } from '../../../app/contract.ts';
import type { Resources } from '../../constructs/quantity.ts';
import { type Alert, aboutService, type Severity, type Symptom } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant, pod } from './proof.ts';

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

function usageAlert(service: WatchedService, context: MonitoringContext, usage: Usage): Alert {
  const { name } = service;
  const gauge = (value: number) => [constant(`${usage.metric}{${pod(context, name)}}`, value)];
  const held = usage.held?.held ?? null;
  return {
    ...aboutService(service),
    name: usage.name,
    severity: usage.severity,
    symptom: usage.symptom,
    expr: `${series(usage.metric, { namespace: context.namespace, job: name })} > ${usage.above}`,
    for: usage.for,
    summary: `${name}: pod {{ $labels.pod }} uses {{ $value | humanize }} % of ${usage.of}`,
    description:
      `The ${usage.what} of a pod has been above ${usage.above} % of ${usage.of} (not of the request) for ${usage.for}. ${usage.consequence}` +
      (held === null ? '' : ` The autoscaler holds about ${held} % of the limit on average.`),
    proof: { fires: gauge(usage.above + 1), quiet: gauge(usage.above - 1), at: '15m' },
  };
}

/** A use in percent of the container's limit, as the services report it. */
export interface UsageThresholds {
  readonly warning: number;
  readonly critical: number;
  /** What the autoscaler holds on average, as a share of the limit; null where nothing scales. */
  readonly held: number | null;
}

/** How far above what the autoscaler holds a pod must be before that means something. */
const ABOVE_HELD = 10;

export function cpuThresholds(service: WatchedService): UsageThresholds {
  return thresholds(service, { key: 'cpuMillis', target: 'cpuPercent', warning: 70, critical: 90 });
}

export function memoryThresholds(service: WatchedService): UsageThresholds {
  return thresholds(service, { key: 'memoryMiB', target: 'memoryPercent', warning: 80, critical: 95 });
}

interface Wish {
  readonly key: keyof Pick<Resources, 'cpuMillis' | 'memoryMiB'>;
  readonly target: 'cpuPercent' | 'memoryPercent';
  readonly warning: number;
  readonly critical: number;
}

/**
 * The autoscaler counts in percent of the request, the gauges in percent of the limit. A warning at or below what it holds would fire all day
 * in a healthy platform, so it is moved above; and it stays below the critical figure.
 */
function thresholds({ size, targets }: WatchedService, { key, target, warning, critical }: Wish): UsageThresholds {
  const percent = targets?.[target] ?? null;
  if (percent === null) return { warning, critical, held: null };
  const held = Math.round((percent * size.requests[key]) / size.limits[key]);
  return { warning: Math.min(Math.max(warning, held + ABOVE_HELD), critical - 1), critical, held };
}

/** What the autoscaler holds must leave room below the critical figure, or there would be nothing to warn of in between. */
export function usageProblems(service: WatchedService): string[] {
  const { name, size, targets } = service;
  if (targets === null) return [];
  const checked = [
    { key: 'cpuMillis', target: 'cpuPercent', of: cpuThresholds(service) },
    { key: 'memoryMiB', target: 'memoryPercent', of: memoryThresholds(service) },
  ] as const;
  return checked.flatMap(({ key, target, of: { held, critical } }) =>
    held === null || held + ABOVE_HELD < critical
      ? []
      : [
          `${name}: scaling.${target} ${targets[target]} holds ${held} % of the ${key} limit, too near the critical ${critical} % to warn in between; ` +
            `raise limits.${key} (${size.limits[key]}) or lower scaling.${target}`,
        ],
  );
}
