import { READY } from '../../runtime/readiness.ts';
import type { ServiceModule } from '../../runtime/service.ts';

export const search: ServiceModule = {
  message: 'Search over the quotes',
  start: () => ({ routes: [], readiness: () => READY, close: async () => {} }),
};
