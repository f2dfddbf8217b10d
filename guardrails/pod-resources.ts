import { groupBy, oncePerPlatform, type Platform } from './platform.ts';
import { parseQuantity } from './quantity.ts';
import type { Container, ResourceName, Workload } from './workload.ts';

/** What a figure of a container is counted as. */
export type Figure = 'requests' | 'limits';

/**
 * What one pod asks for: what runs together is summed; an init container runs alone beside the sidecars before it, so the pod asks for the larger of
 * the two. A container without the figure takes the namespace's default, else counts nothing.
 */
export function podFigure(platform: Platform, workload: Workload, figure: Figure, resource: ResourceName): number {
  let [main, sidecars, largestStart] = [0, 0, 0];
  for (const container of workload.containers) {
    const own = containerFigure(platform, container, figure, resource) ?? 0;
    if (container.role === 'main') main += own;
    if (container.role === 'sidecar') sidecars += own;
    if (container.role === 'init') largestStart = Math.max(largestStart, sidecars + own);
  }
  return Math.max(main + sidecars, largestStart);
}

/** A container's figure as the API server stores it: its own, or the default of the namespace's LimitRange. */
export function containerFigure(
  platform: Platform,
  container: Container,
  figure: Figure,
  resource: ResourceName,
): number | undefined {
  const own = figure === 'limits' ? container.limit(resource) : container.request(resource);
  return own ?? defaultOf(platform, container.workload.namespace, figure, resource);
}

/** Where the API server takes a figure that is not given, the first that the LimitRanges of the namespace have. */
const DEFAULTS = { limits: ['default', 'max'], requests: ['defaultRequest', 'default', 'min', 'max'] } as const;

function defaultOf(platform: Platform, namespace: string, figure: Figure, resource: ResourceName): number | undefined {
  const items = limitsOfContainers(platform).get(namespace) ?? [];
  const figures = DEFAULTS[figure].flatMap((key) => items.map((item) => parseQuantity(item.at(key, resource).value)));
  return figures.find((value) => value !== undefined);
}

const limitsOfContainers = oncePerPlatform((platform) => {
  const items = platform.ofKind('LimitRange').flatMap((range) => range.at('spec', 'limits').items);
  const ofContainers = items.filter((item) => item.at('type').text === 'Container');
  return groupBy(ofContainers, ({ resource }) => resource.namespace);
});
