import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';

export const search: ServiceModule = {
  message: 'search',
  start: () => ({ routes: [], readiness: () => READY, close: async () => {} }),
};
