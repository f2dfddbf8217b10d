import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { QuoteList } from '../components/quote-list.tsx';
import { SearchForm } from '../components/search-form.tsx';
import { ROUTES } from '../links.ts';
import type { Quote } from '../quote.ts';
import type { Site } from '../site.ts';

export interface FindPageProps {
  readonly site: Site;
  readonly keyword: string;
  /** Best first. @default - nothing was looked for, or the service is down */
  readonly quotes?: readonly Quote[] | undefined;
  /** Most results that a page shows; as many as that may mean that there are more. */
  readonly limit: number;
  readonly notice?: NoticeText | undefined;
}

/** The search and what it found. */
export function FindPage({ site, keyword, quotes, limit, notice }: FindPageProps) {
  const title = keyword === '' ? 'Search' : `“${keyword}”`;
  const description =
    'Search the quotes and their authors: accents and capitals do not matter, beginnings of words are enough.';
  return (
    <Layout site={site} head={{ title, description, path: ROUTES.find }} notice={notice}>
      <h1>Search</h1>
      <div class="measure">
        <SearchForm keyword={keyword} />
      </div>
      {quotes === undefined ? (
        <p class="hint">Accents and capitals do not matter, and the beginning of a word is enough.</p>
      ) : (
        <Results keyword={keyword} quotes={quotes} limit={limit} />
      )}
    </Layout>
  );
}

function Results({
  keyword,
  quotes,
  limit,
}: Required<Pick<FindPageProps, 'keyword' | 'limit'>> & { readonly quotes: readonly Quote[] }) {
  if (quotes.length === 0) {
    return (
      <div class="empty" role="status">
        <p>
          Nothing found for “<bdi>{keyword}</bdi>”.
        </p>
        <p class="soft">
          Try fewer words or the beginning of one, or <a href={ROUTES.browse}>browse all the quotes</a>.
        </p>
      </div>
    );
  }
  return (
    <>
      <p class="hint" role="status">
        {count(quotes.length, limit)}
      </p>
      <QuoteList quotes={quotes} keyword={keyword} />
    </>
  );
}

function count(found: number, limit: number): string {
  if (found >= limit) return `The best ${found} quotes`;
  return found === 1 ? 'One quote' : `${found} quotes`;
}
