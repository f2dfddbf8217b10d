import type { Platform } from '../platform.ts';
import { catalogProblems } from './catalog-checks.ts';
import { environmentProblems } from './environment-checks.ts';
import { duplicates } from './names.ts';

/** Everything that does not hold together, all at once; empty for a platform that can be synthesized. */
export function platformProblems({ catalog, environments }: Platform): string[] {
  const shared = duplicateProblems(environments);
  const inCatalog = catalogProblems(catalog);
  return [...inCatalog, ...shared, ...environments.flatMap((environment) => environmentProblems(environment, catalog))];
}

/** Environments may share a cluster: what a cluster has once, only one of them may take. */
function duplicateProblems(environments: Platform['environments']): string[] {
  const nodePorts = environments.filter(({ edge }) => edge?.nodePort !== null);
  const taken = [
    [
      'name',
      duplicates(
        environments,
        ({ name }) => name,
        ({ name }) => name,
      ),
    ],
    [
      'namespace',
      duplicates(
        environments,
        ({ namespace }) => namespace,
        ({ name }) => name,
      ),
    ],
    [
      'edge.host',
      duplicates(
        environments,
        ({ edge }) => edge?.host,
        ({ name }) => name,
      ),
    ],
    [
      'edge.nodePort',
      duplicates(
        nodePorts,
        ({ edge }) => String(edge?.nodePort),
        ({ name }) => name,
      ),
    ],
  ] as const;
  return taken.flatMap(([field, found]) =>
    found.map(
      ({ value, places }) => `environments ${places.join(' and ')} share ${field} '${value}'; give each its own`,
    ),
  );
}
