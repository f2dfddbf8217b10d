import { expect, it } from 'vitest';
import { at } from '../test/manifests.ts';
import { PLATFORM } from '../test/platform.ts';
import type { Secrets } from './environments/secrets.ts';
import { type Manifest, synthesize } from './platform.ts';
import { quotes } from './services/quotes.ts';
import type { ServiceSpec } from './services/service.ts';

/** What an environment consists of beside its services: constructs that stand beside them. */
const PARTS = ['namespace', 'priority', 'secrets', 'services', 'edge', 'monitoring'];

/** Room for any number of services. */
const ROOMY = { nodes: 100, cpuMillisPerNode: 64_000, memoryMiBPerNode: 256_000, ephemeralMiBPerNode: 256_000 };

/** A user of the store needs a password. */
function withPasswordOf(name: string, secrets: Secrets): Secrets {
  if (secrets.kind !== 'literal') return secrets;
  return { ...secrets, values: { ...secrets.values, [`redis-${name}-password`]: 'of the test' } };
}

it.each(PARTS)('a service may be called %s, and its objects bear that name', (name) => {
  const service = { ...quotes, name, publicPaths: [`/${name}`] } as unknown as ServiceSpec;
  const files = synthesize({
    catalog: [...PLATFORM.catalog, service],
    environments: PLATFORM.environments.map((environment) => ({
      ...environment,
      budget: { ...environment.budget, ...ROOMY },
      secrets: withPasswordOf(name, environment.secrets),
    })),
  });
  const named = (objects: readonly Manifest[], kind: string) =>
    objects.filter((object) => object['kind'] === kind && at(object, 'metadata.name') === name);
  for (const { objects } of files.filter(({ path }) => !path.includes('/'))) {
    expect(named(objects, 'Deployment')).toHaveLength(1);
    expect(named(objects, 'Service')).toHaveLength(1);
  }
});
