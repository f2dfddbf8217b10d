import { API_PREFIXES } from '../../app/contract.ts';
import { PLATFORM_OBJECTIVES } from './objectives.ts';
import type { ServiceSpec } from './service.ts';

export const search = {
  name: 'search',
  description: 'Ranked, accent- and case-insensitive search over an index in memory that follows the quotes',
  calls: ['redis'],
  data: { quotes: 'follow' },
  publicPaths: [API_PREFIXES.search],
  checksAdminKey: false,
  measured: { cpuMillisAtPromise: 330, idleMemoryMiB: 83 },
  // A million quotes are indexed 6.5 s after the start of the process (bench/million.ts); a slow node gets nine times that.
  startupSeconds: 60,
  redisConnections: 2,
  objectives: PLATFORM_OBJECTIVES,
} as const satisfies ServiceSpec;
