import type { Resources } from '../../constructs/quantity.ts';
import type { WatchedService } from '../../plan/part.ts';

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
  return thresholds(service, { key: 'cpuMillis', held: service.targets?.cpuPercent, warning: 70, critical: 90 });
}

export function memoryThresholds(service: WatchedService): UsageThresholds {
  return thresholds(service, { key: 'memoryMiB', held: service.targets?.memoryPercent, warning: 80, critical: 95 });
}

interface Wish {
  readonly key: keyof Pick<Resources, 'cpuMillis' | 'memoryMiB'>;
  /** The autoscaler's target in percent of the request. */
  readonly held: number | undefined;
  readonly warning: number;
  readonly critical: number;
}

/**
 * The autoscaler counts in percent of the request, the gauges in percent of the limit. A warning at or below what it holds would fire all day
 * in a healthy platform, so it is moved above; and it stays below the critical figure.
 */
function thresholds({ size }: WatchedService, wish: Wish): UsageThresholds {
  if (wish.held === undefined) return { warning: wish.warning, critical: wish.critical, held: null };
  const held = Math.round((wish.held * size.requests[wish.key]) / size.limits[wish.key]);
  const warning = Math.max(wish.warning, held + ABOVE_HELD);
  return { warning: Math.min(warning, wish.critical - 1), critical: wish.critical, held };
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
