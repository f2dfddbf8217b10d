import * as z from 'zod';
import { ADMIN_API, API_PREFIXES } from '../../../../contract.ts';
import type { NewQuote as CreatedQuote } from '../../../api/quote.ts';
import type { Filter } from '../links.ts';
import { RefusedError } from './policies.ts';
import type { ServiceClient, TraceHeaders } from './service-client.ts';

/** A quote as the quotes and search services send it; what else they send is ignored, so that they may grow without the front. */
const quoteSchema = z.object({
  id: z.string(),
  revision: z.string().optional(),
  text: z.string(),
  author: z.string(),
  /** The work in which it stands, where it is known. */
  source: z.string().nullish(),
  /** BCP 47 tag, where it is known. */
  language: z.string().nullish(),
  createdAt: z.iso.datetime().optional(),
});
export type Quote = z.infer<typeof quoteSchema>;

/** One that cannot be read is left out: it must not hide the others. */
const quotesSchema = z
  .array(z.unknown())
  .transform((items) => items.flatMap((one) => quoteSchema.safeParse(one).data ?? []));

const pageSchema = z.object({
  items: quotesSchema,
  /** Cursor of the next page; absent on the last one. */
  next: z.string().nullish(),
});
export type QuotePageData = z.infer<typeof pageSchema>;

/** `corrected` are the words that were searched, where those that were typed are nowhere. */
const foundSchema = z.object({ items: quotesSchema, corrected: z.string().optional() });
export type FoundQuotes = z.infer<typeof foundSchema>;

const sharedSchema = z.array(z.object({ value: z.string() }));
const filtersSchema = z.object({ authors: sharedSchema, languages: sharedSchema });
export type Filters = z.infer<typeof filtersSchema>;

export interface PageOptions extends Filter {
  readonly after?: string | undefined;
  readonly limit: number;
}

export type NewQuote = Omit<CreatedQuote, 'id'>;

export class QuotesApi {
  readonly #quotes: ServiceClient;
  readonly #search: ServiceClient;

  constructor(clients: { readonly quotes: ServiceClient; readonly search: ServiceClient }) {
    this.#quotes = clients.quotes;
    this.#search = clients.search;
  }

  async whoHas(adminKey: string, trace: TraceHeaders): Promise<{ readonly name: string }> {
    const path = `${API_PREFIXES.quotes}${ADMIN_API.key}`;
    return await this.#quotes.write({ method: 'GET', path, schema: z.object({ name: z.string() }), trace, adminKey });
  }

  /** Any quote; undefined while there is none. */
  async random(trace: TraceHeaders): Promise<Quote | undefined> {
    const path = `${API_PREFIXES.quotes}/random`;
    return await orUndefined(this.#quotes.read({ path, schema: quoteSchema, trace }));
  }

  async get(id: string, trace: TraceHeaders): Promise<Quote | undefined> {
    return await orUndefined(this.#quotes.read({ path: quotePath(id), schema: quoteSchema, trace }));
  }

  /** A page of all quotes, or from the search service of those of an author or a language. */
  async page(options: PageOptions, trace: TraceHeaders): Promise<QuotePageData> {
    const { author, language, after, limit } = options;
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, value] of Object.entries({ author, language, cursor: after })) {
      if (value !== undefined) query.set(name, value);
    }
    const isAll = author === undefined && language === undefined;
    const [client, path] = isAll
      ? [this.#quotes, API_PREFIXES.quotes]
      : [this.#search, `${API_PREFIXES.search}/quotes`];
    return await client.read({ path: `${path}?${query}`, schema: pageSchema, trace });
  }

  async filters(trace: TraceHeaders): Promise<Filters> {
    return await this.#search.read({ path: `${API_PREFIXES.search}/filters`, schema: filtersSchema, trace });
  }

  /** Best first; a word that no quote has may be put right by one letter. */
  async find(options: { readonly keyword: string; readonly limit: number }, trace: TraceHeaders): Promise<FoundQuotes> {
    const query = new URLSearchParams({ keyword: options.keyword, limit: String(options.limit), fuzzy: '1' });
    return await this.#search.read({ path: `${API_PREFIXES.search}?${query}`, schema: foundSchema, trace });
  }

  /** @param once a key with which the same quote is added once, however often it is sent */
  async add(
    { quote, once }: { readonly quote: NewQuote; readonly once?: string | undefined },
    adminKey: string,
    trace: TraceHeaders,
  ): Promise<Quote> {
    const options = {
      method: 'POST',
      path: API_PREFIXES.quotes,
      schema: quoteSchema,
      trace,
      adminKey,
      body: quote,
    } as const;
    return await this.#quotes.write({ ...options, idempotencyKey: once });
  }

  /** @param seen the revision that the person has seen */
  async replace(
    { id, quote, seen }: { readonly id: string; readonly quote: NewQuote; readonly seen?: string | undefined },
    adminKey: string,
    trace: TraceHeaders,
  ): Promise<Quote> {
    const options = { method: 'PUT', path: quotePath(id), schema: quoteSchema, trace, adminKey, body: quote } as const;
    return await this.#quotes.write({ ...options, ifMatch: seen });
  }

  async remove(id: string, adminKey: string, trace: TraceHeaders): Promise<void> {
    await this.#quotes.write({ method: 'DELETE', path: quotePath(id), schema: z.unknown(), trace, adminKey });
  }
}

function quotePath(id: string): string {
  return `${API_PREFIXES.quotes}/${encodeURIComponent(id)}`;
}

/** A 404 is an answer, not a failure. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}
