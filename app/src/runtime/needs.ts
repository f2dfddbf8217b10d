import type { API_PREFIXES, ServiceName } from '../../contract.ts';

/** A service that another one may call over HTTP. */
export type CalledService = keyof typeof API_PREFIXES;

/** What a service cannot start without. */
export interface ServiceNeeds {
  /** It keeps or follows data in Redis. */
  readonly redis: boolean;
  /** It guards routes with the admin key. */
  readonly adminKey: boolean;
  /** Services whose base URL must be configured. */
  readonly calls: readonly CalledService[];
}

/** One line a service: the configuration refuses a process that lacks one of these. */
export const SERVICE_NEEDS = {
  front: { redis: false, adminKey: false, calls: ['users', 'quotes', 'search'] },
  users: { redis: true, adminKey: true, calls: [] },
  quotes: { redis: true, adminKey: true, calls: [] },
  search: { redis: true, adminKey: false, calls: [] },
} as const satisfies Record<ServiceName, ServiceNeeds>;
