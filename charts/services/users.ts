import { API_PREFIXES } from '../../app/contract.ts';
import { PLATFORM_OBJECTIVES } from './objectives.ts';
import type { ServiceSpec } from './service.ts';

export const users = {
  name: 'users',
  description: 'Accounts behind the admin key; passwords hashed with argon2id',
  calls: ['redis'],
  data: { users: 'write' },
  publicPaths: [API_PREFIXES.users],
  checksAdminKey: true,
  measured: { cpuMillisAtPromise: 200, idleMemoryMiB: 71 },
  startupSeconds: 30,
  redisConnections: 2,
  objectives: PLATFORM_OBJECTIVES,
} as const satisfies ServiceSpec;
