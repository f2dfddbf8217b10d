import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';

export const quotes: ServiceModule = {
  message: 'quotes',
  start: () => ({ routes: [], readiness: () => READY, close: async () => {} }),
};
