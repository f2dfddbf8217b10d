import { front } from './services/front.ts';
import { quotes } from './services/quotes.ts';
import { search } from './services/search.ts';
import type { ServiceSpec } from './services/service.ts';
import { users } from './services/users.ts';

/** Every service of the platform, in the order in which they appear in dist/, diagrams and dashboards. */
export const catalog: readonly ServiceSpec[] = [front, users, quotes, search];
