import { loadSeed } from '../../../seed/load-seed.ts';
import type { Route } from '../../http/route.ts';
import type { ServiceContext, ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { QuoteStore } from '../../stores/quote-store.ts';
import { createQuote, deleteQuote, listQuotes, randomQuote, readQuote, replaceQuote } from './quote-routes.ts';

/** Every endpoint; `/quotes/random` stands before `/quotes/:id`, for the first match counts. */
export function quoteRoutes(store: QuoteStore): Route[] {
  return [
    listQuotes(store),
    randomQuote(store),
    readQuote(store),
    createQuote(store),
    replaceQuote(store),
    deleteQuote(store),
  ];
}

/** Keeps the quotes. */
export const quotes: ServiceModule = {
  message: 'Quotes: to list, read, add, replace and delete',
  start(context) {
    const link = openLink(context, 'quotes');
    const store = new QuoteStore(link);
    const ending = new AbortController();
    if (context.config.seed) void seed(store, context, ending.signal);
    const close = async () => {
      ending.abort();
      await link.close();
    };
    const trail = new AuditStore(link, 'quotes');
    return { routes: quoteRoutes(store), trail, readiness: () => link.health.readiness(), close };
  },
};

async function seed(store: QuoteStore, { log }: ServiceContext, signal: AbortSignal): Promise<void> {
  const added = await loadSeed(store, { signal });
  if (added > 0) log.info({ added }, 'seed quotes loaded');
}
