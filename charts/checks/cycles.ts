import type { ServiceSpec } from '../services/service.ts';

/**
 * A cycle of calls can only wait for itself. Every service is walked once, however the calls fan out; a call back to a service
 * on the way closes a cycle.
 */
export function cycleProblems(catalog: readonly ServiceSpec[]): string[] {
  const calls = new Map<string, readonly string[]>(catalog.map((service) => [service.name, service.calls]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (name: string, way: readonly string[]): void => {
    const start = way.indexOf(name);
    if (start >= 0) cycles.push([...way.slice(start), name].join(' -> '));
    if (start >= 0 || done.has(name)) return;
    for (const next of calls.get(name) ?? []) walk(next, [...way, name]);
    done.add(name);
  };
  for (const name of calls.keys()) walk(name, []);
  return cycles.map((cycle) => `catalog: the calls ${cycle} are a cycle; take one of them out`);
}
