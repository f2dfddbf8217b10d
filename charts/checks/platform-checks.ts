import type { Environment } from '../environments/environment.ts';
import type { Platform } from '../platform.ts';
import { catalogProblems } from './catalog-checks.ts';
import { environmentProblems } from './environment-checks.ts';
import { duplicates } from './names.ts';
import { SERVICE_SHAPE } from './service-shape.ts';
import { shapeProblems } from './shape-problems.ts';

/** Everything that does not hold together, all at once; empty for a platform that can be synthesized. */
export function platformProblems({ catalog, environments }: Platform): string[] {
  const missing = new Map(catalog.map((service) => [service, shapeProblems(service, SERVICE_SHAPE)]));
  const complete = catalog.filter((service) => missing.get(service)?.length === 0);
  return [
    ...[...missing].flatMap(([{ name }, fields]) => fields.map((problem) => `catalog/${name}: ${problem}`)),
    ...catalogProblems(complete, catalog),
    ...(environments.length === 0 ? ['environments: there is none; list one in charts/environments/all.ts'] : []),
    ...duplicateProblems(environments),
    ...environments.flatMap((environment) => environmentProblems(environment, complete)),
  ];
}

/** What a cluster has once: environments may share one, so that only one of them may take it. */
const TAKEN: Readonly<Record<string, (environment: Environment) => string | number | null | undefined>> = {
  name: ({ name }) => name,
  namespace: ({ namespace }) => namespace,
  'edge.host': ({ edge }) => edge?.host,
  'edge.nodePort': ({ edge }) => edge?.nodePort,
};

function duplicateProblems(environments: readonly Environment[]): string[] {
  return Object.entries(TAKEN).flatMap(([field, pick]) =>
    duplicates(environments, pick, ({ name }) => name).map(
      ({ value, places }) => `environments ${places.join(' and ')} share ${field} '${value}'; give each its own`,
    ),
  );
}
