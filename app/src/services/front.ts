import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';

/** The pages that people see. Its readiness depends on nothing: it shows what is down. */
export const front: ServiceModule = {
  message: 'Quotes to browse, search, add and delete',
  start: () => ({ routes: [], readiness: () => READY, close: async () => {} }),
};
