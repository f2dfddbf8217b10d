import type { ServiceName } from '../../contract.ts';
import type { ServiceModule } from '../runtime/service.ts';

/** One line a service. A process loads its own alone: the pages' renderer and HTTP client are no weight on the others. */
const LOADERS: Readonly<Record<ServiceName, () => Promise<ServiceModule>>> = {
  front: async () => (await import('./front.ts')).front,
  users: async () => (await import('./users/users.ts')).users,
  quotes: async () => (await import('./quotes/quotes.ts')).quotes,
  search: async () => (await import('./search/search.ts')).search,
};

export async function loadService(name: ServiceName): Promise<ServiceModule> {
  return await LOADERS[name]();
}
