import { join } from 'node:path';
import { TRAEFIK_EDGE } from '../../charts/environments/defaults.ts';
import { dev } from '../../charts/environments/dev.ts';
import { KIT_PARTS } from '../../charts/parts.ts';
import type { Environment } from '../../charts/plan/environment.ts';
import type { Platform } from '../../charts/plan/part.ts';
import { writePlatform } from '../../output/write-platform.ts';
import { ROOT } from '../../root.ts';
import { catalog } from './catalog.ts';

const { redis: _, ...storeless } = dev;

/** One node of a laptop's cluster. */
const demo: Environment = {
  ...storeless,
  name: 'demo',
  namespace: 'boutique',
  budget: { ...dev.budget, cpuMillisPerNode: 3_800, memoryMiBPerNode: 6_000 },
  edge: { ...TRAEFIK_EDGE, host: 'boutique.localhost', tls: { kind: 'none' }, rateLimit: null, middlewares: false },
  secrets: { kind: 'literal', prefix: 'demo-' },
};

export const boutique: Platform = {
  project: {
    name: 'boutique',
    repository: 'https://github.com/GoogleCloudPlatform/microservices-demo',
    image: 'us-central1-docker.pkg.dev/google-samples/microservices-demo/frontend',
    domain: 'boutique.example.com',
    contact: 'platform@boutique.example.com',
  },
  catalog,
  environments: [demo],
  parts: KIT_PARTS,
};

if (process.argv[1]?.endsWith('boutique/main.ts'))
  console.log(writePlatform(boutique, {}, join(ROOT, 'examples/boutique')));
