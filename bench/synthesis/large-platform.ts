import { production } from '../../charts/environments/production.ts';
import type { Platform } from '../../charts/plan/part.ts';
import { platform } from '../../charts/platform.ts';

/** Nodes without end: what is measured is synthesis, not whether it fits. */
const BUDGET = {
  nodes: 1_000_000,
  zones: 1,
  cpuMillisPerNode: 1_000_000_000,
  memoryMiBPerNode: 1_000_000_000,
  ephemeralMiBPerNode: 1_000_000_000,
  podsPerNode: 1_000_000,
  storageGi: 1_000_000,
};

const UNWATCHED = { monitoring: { kind: 'off' } } as const;

/**
 * Production with so many services, each like one of ours: store, secrets, autoscaler, budget, policy, public path.
 * @param watched whether each of them gets its dashboard, rules and alerts, too
 */
export function largePlatform(count: number, watched: boolean): Platform {
  const [like] = platform.catalog.filter(({ secrets }) => secrets !== undefined);
  if (like === undefined) throw new Error('no service of the catalog has a secret');
  const catalog = Array.from({ length: count }, (_, index) => {
    const name = `service-${String(index).padStart(4, '0')}`;
    return { ...like, name, routes: [`/${name}`], paths: [`/${name}`] };
  });
  // Alone, it comes after no other environment.
  const { promotion: _, ...alone } = production;
  return { ...platform, catalog, environments: [{ ...alone, budget: BUDGET, ...(watched ? {} : UNWATCHED) }] };
}
