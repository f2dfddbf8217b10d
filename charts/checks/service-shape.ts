import type { ServiceSpec } from '../services/service.ts';
import type { Shape } from './shape.ts';

/** The fields of every service. */
export const SERVICE_SHAPE: Shape<ServiceSpec> = {
  name: true,
  description: true,
  calls: true,
  publicPaths: true,
  checksAdminKey: true,
  measured: { cpuMillisAtPromise: true, idleMemoryMiB: true },
  startupSeconds: true,
  redisConnections: true,
  objectives: { availabilityPercent: true, p95Seconds: true, p99Seconds: true },
};
