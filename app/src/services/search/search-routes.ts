import { createHash } from 'node:crypto';
import { API_PREFIXES } from '../../../contract.ts';
import { QuotePage } from '../../api/quote.ts';
import { Filters, ListQuery, SearchQuery, SearchResult } from '../../api/search.ts';
import { HttpProblem } from '../../http/problem.ts';
import { pageOptions } from '../../http/record-routes.ts';
import { type Route, route } from '../../http/route.ts';
import { sendJson } from '../../http/send-json.ts';
import { encodeCursor } from '../../stores/ids.ts';
import type { ReadBatcher } from '../../stores/read-batcher.ts';
import { isRecord, revisionOf } from '../../stores/record.ts';
import type { Found, QuoteIndex } from './quote-index.ts';
import { MAX_QUERY_WORDS, TooManyWords } from './word-marks.ts';

interface SearchProps {
  /** @throws StoreUnavailable before there is one */
  readonly index: () => QuoteIndex;
  readonly records: ReadBatcher;
}

/** Most authors and languages that are told. */
const MAX_FILTERS = 100;

const COMMA = Buffer.from(',');
const TAIL = Buffer.from(']}');

export function searchRoutes(props: SearchProps): Route[] {
  return [searchQuotes(props), listQuotesBy(props), listFilters(props)];
}

function searchQuotes({ index, records }: SearchProps): Route {
  return route({
    method: 'GET',
    path: API_PREFIXES.search,
    summary:
      'Quotes in which every word of the keyword occurs, or begins a word; best first. With fuzzy=1, words that no quote has are put right by one letter',
    query: SearchQuery,
    responses: {
      200: { description: 'What was found', schema: SearchResult },
      304: { description: 'The same as before' },
    },
    async handle(ctx, { query: { keyword, limit, fuzzy } }) {
      const { ids, ...about } = searchIn(index(), keyword, limit, fuzzy === '1');
      const { parts, revisions } = joined(await quotesOf(ids, records));
      const head = Buffer.from(`${JSON.stringify({ keyword, ...about }).slice(0, -1)},"items":[`);
      // Revisions name the contents: hashing them is enough, and a fraction of hashing the answer.
      const etag = etagOf(`${about.total} ${about.corrected ?? ''}${revisions}`);
      sendJson(ctx, Buffer.concat([head, ...parts, TAIL]), etag);
    },
  });
}

function listQuotesBy({ index, records }: SearchProps): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.search}/quotes`,
    summary: 'A page of the quotes of an author, of a language, or of both, in the order of their ids',
    query: ListQuery,
    responses: {
      200: { description: 'The page, and where the next one begins', schema: QuotePage },
      304: { description: 'It has not changed' },
    },
    async handle(ctx, { query: { author, language, ...page } }) {
      const { ids, more } = index().list({ author, language, ...pageOptions(page) });
      const stored = await quotesOf(ids, records);
      const next = more ? encodeCursor(ids.at(-1) ?? '') : null;
      const json = `{"items":[${stored.map(String).join(',')}],"next":${JSON.stringify(next)}}`;
      sendJson(ctx, json, etagOf(json));
    },
  });
}

function listFilters({ index }: SearchProps): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.search}/filters`,
    summary: 'The authors and the languages that most quotes have',
    responses: {
      200: { description: 'Each with how many quotes have it', schema: Filters },
      304: { description: 'They have not changed' },
    },
    handle(ctx) {
      const json = JSON.stringify(index().shared(MAX_FILTERS));
      sendJson(ctx, json, etagOf(json));
    },
  });
}

/** A quote that was deleted a moment ago may still be in the index, but not in the store. */
async function quotesOf(ids: readonly string[], records: ReadBatcher): Promise<Buffer[]> {
  return (await records.getMany(ids)).filter((record): record is Buffer => record !== null && isRecord(record));
}

/** Records with commas between them, and their revisions: in one walk, for a search is answered in a tenth of a millisecond. */
function joined(stored: readonly Buffer[]): { readonly parts: readonly Buffer[]; readonly revisions: string } {
  const parts: Buffer[] = [];
  let revisions = '';
  for (const record of stored) {
    if (parts.length > 0) parts.push(COMMA);
    parts.push(record);
    revisions += ` ${revisionOf(record)}`;
  }
  return { parts, revisions };
}

function searchIn(index: QuoteIndex, keyword: string, limit: number, fuzzy: boolean): Found {
  try {
    return index.search(keyword, limit, { fuzzy });
  } catch (error) {
    if (!(error instanceof TooManyWords)) throw error;
    const message = `has ${error.words} different words (in Chinese and Japanese, pairs of characters); at most ${MAX_QUERY_WORDS} count`;
    throw new HttpProblem(400, {
      detail: 'The request is not valid; see errors.',
      errors: [{ in: 'query', name: 'keyword', message }],
    });
  }
}

function etagOf(contents: string): string {
  return `"${createHash('sha1').update(contents).digest('base64url')}"`;
}
