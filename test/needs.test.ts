import { expect, it } from 'vitest';
import { SERVICE_NEEDS, type ServiceNeeds } from '../app/src/runtime/needs.ts';
import { catalog } from '../charts/catalog.ts';

it.each(catalog)('$name gets from its manifests what its process cannot start without', (service) => {
  const needs: ServiceNeeds = SERVICE_NEEDS[service.name];
  expect(needs).toEqual({
    redis: service.calls.includes('redis'),
    adminKey: service.checksAdminKey,
    calls: service.calls.filter((name) => name !== 'redis'),
  });
});
