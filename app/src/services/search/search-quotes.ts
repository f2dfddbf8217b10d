import { createHash } from 'node:crypto';
import { API_PREFIXES } from '../../../contract.ts';
import { SearchQuery, SearchResult } from '../../api/search.ts';
import { HttpProblem } from '../../http/problem.ts';
import { type Route, route } from '../../http/route.ts';
import { sendJson } from '../../http/send-json.ts';
import type { ReadBatcher } from '../../stores/read-batcher.ts';
import { isRecord, revisionOf } from '../../stores/record.ts';
import { queryWords } from '../../text/words.ts';
import type { Found } from './quote-index.ts';
import { MAX_QUERY_WORDS } from './word-marks.ts';

export interface SearchProps {
  readonly find: (keyword: string, limit: number, options: { readonly fuzzy: boolean }) => Found;
  readonly records: ReadBatcher;
}

const COMMA = Buffer.from(',');
const TAIL = Buffer.from(']}');

export function searchQuotes({ find, records }: SearchProps): Route {
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
      const count = queryWords(keyword).length;
      if (count > MAX_QUERY_WORDS) throw tooManyWords(count);
      const { ids, ...about } = find(keyword, limit, { fuzzy: fuzzy === '1' });
      // A quote that was deleted a moment ago may still be in the index, but not in the store.
      const stored = (await records.getMany(ids)).filter((record) => record !== null).filter(isRecord);
      sendJson(ctx, resultJson({ keyword, ...about }, stored), etagOf(about, stored));
    },
  });
}

function resultJson(about: Omit<SearchResult, 'items'>, stored: readonly Buffer[]): Buffer {
  const head = Buffer.from(`${JSON.stringify(about).slice(0, -1)},"items":[`);
  return Buffer.concat([head, ...stored.flatMap((record, index) => (index === 0 ? [record] : [COMMA, record])), TAIL]);
}

/** A word that did not count would be a wrong answer. */
function tooManyWords(count: number): HttpProblem {
  const message = `has ${count} different words (in Chinese and Japanese, pairs of characters); at most ${MAX_QUERY_WORDS} count`;
  return new HttpProblem(400, {
    detail: 'The request is not valid; see errors.',
    errors: [{ in: 'query', name: 'keyword', message }],
  });
}

/** Revisions name the contents: hashing them is enough, and a fraction of hashing the answer. */
function etagOf({ total, corrected = '' }: Omit<Found, 'ids'>, stored: readonly Buffer[]): string {
  const hash = createHash('sha1').update(`${total} ${corrected} ${stored.map(revisionOf).join(' ')}`);
  return `"${hash.digest('base64url')}"`;
}
