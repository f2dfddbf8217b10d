import { expect, it } from 'vitest';
import { at } from '../test/manifests.ts';
import { PLATFORM, serviceOf } from '../test/platform.ts';
import type { Manifest } from './plan/part.ts';
import { synthesize } from './synthesize.ts';

/** What an environment consists of beside its services: constructs that stand beside them, so that no name is taken but the store's. */
const PARTS = ['namespace', 'priority', 'secrets', 'services', 'edge', 'monitoring'];

/** Room for any number of services. */
const ROOMY = { nodes: 100, cpuMillisPerNode: 64_000, memoryMiBPerNode: 256_000, ephemeralMiBPerNode: 256_000 };

it.each(PARTS)('a service may be called %s, and its objects bear that name', (name) => {
  const service = { ...serviceOf('search'), name, connections: [], routes: [`/${name}`], paths: [`/${name}`] };
  const files = synthesize({
    ...PLATFORM,
    catalog: [...PLATFORM.catalog, service],
    environments: PLATFORM.environments.map((environment) => ({
      ...environment,
      budget: { ...environment.budget, ...ROOMY },
    })),
  });
  const named = (objects: readonly Manifest[], kind: string) =>
    objects.filter((object) => object['kind'] === kind && at(object, 'metadata.name') === name);
  for (const { objects } of files.filter(({ path }) => !path.includes('/'))) {
    expect(named(objects, 'Deployment')).toHaveLength(1);
    expect(named(objects, 'Service')).toHaveLength(1);
  }
});
