import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';

export const users: ServiceModule = {
  message: 'users',
  start: () => ({ routes: [], readiness: () => READY, close: async () => {} }),
};
