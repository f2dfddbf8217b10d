import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../../guardrails/engine.ts';
import { PLATFORM } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import type { ServiceSpec } from '../plan/service-spec.ts';
import { synthesize } from '../synthesize.ts';

const SIZE = { cpuMillis: 10, memoryMiB: 16, ephemeralMiB: 16 };
const queue: ServiceSpec = {
  name: 'queue',
  description: 'Keeps what waits',
  image: 'registry.example.com/queue:1.0.0',
  ports: { amqp: 5672 },
  servicePort: 80,
  volume: { path: '/data', sizeGi: 1 },
  resources: { requests: SIZE, limits: SIZE },
};

describe.each<[string, ServiceSpec]>([
  ['that others call', queue],
  ['that nobody calls', { ...queue, ports: {}, servicePort: undefined as never }],
])('a service with a volume %s', (_, { servicePort, ...service }) => {
  const spec = servicePort === undefined ? service : { ...service, servicePort };
  const [file] = synthesize({
    ...PLATFORM,
    catalog: [...PLATFORM.catalog, spec],
    environments: [{ ...dev, budget: { ...dev.budget, storageGi: 1 } }],
  });

  it('has a Service by the name that its StatefulSet gives', () => {
    const kinds = file?.objects.filter(({ metadata }) => Object(metadata)['name'] === 'queue').map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['Service', 'StatefulSet']));
  });

  it('passes the guardrails', () => {
    const findings = checkPlatform([{ file: 'dist/dev.k8s.yaml', objects: file?.objects ?? [], text: '' }]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
