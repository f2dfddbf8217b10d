import { production } from '../../charts/environments/production.ts';
import type { Platform } from '../../charts/platform.ts';
import { quotes } from '../../charts/services/quotes.ts';
import type { ServiceSpec } from '../../charts/services/service.ts';

/** Nodes without end: what is measured is synthesis, not whether it fits. */
const BUDGET = {
  nodes: 1_000_000,
  cpuMillisPerNode: 1_000_000_000,
  memoryMiBPerNode: 1_000_000_000,
  ephemeralMiBPerNode: 1_000_000_000,
  podsPerNode: 1_000_000,
  storageGi: 1_000_000,
};

const UNWATCHED = { monitoring: { kind: 'off' } } as const;

/**
 * Production with so many services, each like the quotes: store, secrets, autoscaler, budget, policy, public path.
 * @param watched whether each of them gets its dashboard, rules and alerts, too
 */
export function largePlatform(count: number, watched: boolean): Platform {
  const catalog = Array.from({ length: count }, (_, index) => {
    const name = `service-${String(index).padStart(4, '0')}`;
    return { ...quotes, name, publicPaths: [`/${name}`] } as unknown as ServiceSpec;
  });
  return { catalog, environments: [{ ...production, budget: BUDGET, ...(watched ? {} : UNWATCHED) }] };
}
