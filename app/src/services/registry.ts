import type { ServiceName } from '../../contract.ts';
import type { ServiceModule } from '../runtime/service.ts';
import { front } from './front.ts';
import { quotes } from './quotes/quotes.ts';
import { search } from './search/search.ts';
import { users } from './users/users.ts';

/** One line a service. */
export const SERVICE_MODULES = { front, users, quotes, search } as const satisfies Record<ServiceName, ServiceModule>;
