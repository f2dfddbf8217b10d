import type { ServiceSpec } from '../services/service.ts';
import type { Shape } from './shape.ts';

/** The fields of every service. */
export const SERVICE_SHAPE: Shape<ServiceSpec> = {
  name: 'text',
  description: 'text',
  calls: { listOf: 'text' },
  data: { mapOf: { oneOf: { write: true, follow: true } } },
  publicPaths: { listOf: 'text' },
  checksAdminKey: 'boolean',
  measured: { cpuMillisAtPromise: 'number', idleMemoryMiB: 'number' },
  startupSeconds: 'number',
  redisConnections: 'number',
  objectives: { availabilityPercent: 'number', p95Seconds: 'number', p99Seconds: 'number' },
};
