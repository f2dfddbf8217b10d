import { oncePerPlatform } from '../memo.ts';
import { callEdges } from './call-edges.ts';
import type { Edge } from './edge.ts';
import { edgeController, podOf } from './read-network.ts';
import { routesOf } from './route-edges.ts';
import { scrapeEdges } from './scrape-edges.ts';

/**
 * Every connection that the manifests declare between pods. Probes are not among them: a node always reaches its own pods, whatever the
 * policies say. Routes count where the namespace names the pods that bring the requests.
 */
export const declaredEdges = oncePerPlatform((platform): readonly Edge[] => {
  const routes = routesOf(platform).flatMap(({ to, ports, at, by }) => {
    const from = edgeController(platform, to.namespace);
    const pod = podOf(platform, to);
    return from && pod ? [{ from, to: pod, ports, at, by }] : [];
  });
  return [...callEdges(platform), ...routes, ...scrapeEdges(platform)];
});
