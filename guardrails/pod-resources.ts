import { groupBy, oncePerPlatform, type Platform } from './platform.ts';
import { parseQuantity } from './quantity.ts';
import type { Container, ResourceName, Workload } from './workload.ts';

/** What a namespace's LimitRanges give to containers that say nothing. */
export interface LimitRangeDefaults {
  request(resource: ResourceName): number | undefined;
  limit(resource: ResourceName): number | undefined;
}

/** The defaults of a namespace, filled as the API server fills them: the default limit from the maximum, the default request from both or the minimum. */
export function limitRangeDefaults(platform: Platform, namespace: string): LimitRangeDefaults {
  const items = (index(platform).get(namespace) ?? []).filter((item) => item.at('type').text === 'Container');
  const first = (resource: ResourceName, ...keys: readonly string[]): number | undefined =>
    keys
      .flatMap((key) => items.map((item) => parseQuantity(item.at(key, resource).value)))
      .find((value) => value !== undefined);
  return {
    request: (resource) => first(resource, 'defaultRequest', 'default', 'min', 'max'),
    limit: (resource) => first(resource, 'default', 'max'),
  };
}

const index = oncePerPlatform((platform) => {
  const items = platform.ofKind('LimitRange').flatMap((range) => range.at('spec', 'limits').items);
  return groupBy(items, ({ resource }) => resource.namespace);
});

/** What a figure of a container is counted as. */
export type Figure = 'requests' | 'limits';

/**
 * What one pod asks for: what runs together is summed; an init container runs alone beside the sidecars before it, so the pod asks for the larger of
 * the two. A container without the figure takes the namespace's default, else counts nothing.
 */
export function podFigure(
  workload: Workload,
  figure: Figure,
  resource: ResourceName,
  defaults?: LimitRangeDefaults,
): number {
  const of = (container: Container): number => containerFigure(container, figure, resource, defaults) ?? 0;
  let sidecars = 0;
  let largestStart = 0;
  for (const container of workload.containers) {
    if (container.role === 'sidecar') sidecars += of(container);
    if (container.role === 'init') largestStart = Math.max(largestStart, sidecars + of(container));
  }
  const main = workload.containers
    .filter(({ role }) => role === 'main')
    .reduce((sum, container) => sum + of(container), 0);
  return Math.max(main + sidecars, largestStart);
}

/** A container's figure as the API server stores it: its own, or the default of the namespace's LimitRange. */
export function containerFigure(
  container: Container,
  figure: Figure,
  resource: ResourceName,
  defaults?: LimitRangeDefaults,
): number | undefined {
  if (figure === 'limits') return container.limit(resource) ?? defaults?.limit(resource);
  return container.request(resource) ?? defaults?.request(resource) ?? defaults?.limit(resource);
}
