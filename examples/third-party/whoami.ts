import type { ServiceSpec } from '../../charts/plan/service-spec.ts';

/** Somebody else's image in the catalog of the quotes: this file and its line in main.ts. https://github.com/traefik/whoami */
export const whoami: ServiceSpec = {
  name: 'whoami',
  description: 'Shows what of a request arrives behind the edge',
  image: 'docker.io/traefik/whoami:v1.11.0',
  args: ['--port=8000'],
  ports: { http: 8000 },
  probes: { ready: { http: '/health' } },
  paths: ['/whoami', '/health'],
  routes: ['/whoami'],
  resources: {
    requests: { cpuMillis: 10, memoryMiB: 16, ephemeralMiB: 16 },
    limits: { cpuMillis: 100, memoryMiB: 64, ephemeralMiB: 32 },
  },
};
