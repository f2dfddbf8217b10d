import { PLATFORM_OBJECTIVES } from './objectives.ts';
import type { ServiceSpec } from './service.ts';

export const front = {
  name: 'front',
  description: 'Server-rendered pages: health, browse, search, add and delete quotes',
  calls: ['users', 'quotes', 'search'],
  data: {},
  publicPaths: ['/'],
  checksAdminKey: false,
  measured: { cpuMillisAtPromise: 700, idleMemoryMiB: 71 },
  startupSeconds: 30,
  redisConnections: 0,
  objectives: PLATFORM_OBJECTIVES,
} as const satisfies ServiceSpec;
