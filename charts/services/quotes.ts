import { API_PREFIXES } from '../../app/contract.ts';
import { PLATFORM_OBJECTIVES } from './objectives.ts';
import type { ServiceSpec } from './service.ts';

export const quotes = {
  name: 'quotes',
  description: 'Quotes by id, at random and page by page; writes behind the admin key',
  calls: ['redis'],
  data: { quotes: 'write' },
  publicPaths: [API_PREFIXES.quotes],
  checksAdminKey: true,
  measured: { cpuMillisAtPromise: 200, idleMemoryMiB: 71 },
  startupSeconds: 30,
  redisConnections: 2,
  objectives: PLATFORM_OBJECTIVES,
} as const satisfies ServiceSpec;
