import { Layout } from '../components/layout.tsx';
import type { NoticeText } from '../components/notice.tsx';
import { QuoteList } from '../components/quote-list.tsx';
import { browseLink, nextPage, type PageAddress, previousPage, ROUTES } from '../links.ts';
import type { Quote } from '../quote.ts';
import type { Site } from '../site.ts';

export interface BrowsePageProps {
  readonly site: Site;
  /** @default - the service is down, as the notice says */
  readonly quotes?: readonly Quote[];
  /** Where the next page begins. @default - this is the last page */
  readonly next?: string | undefined;
  /** Which page this is. */
  readonly here: PageAddress;
  readonly notice?: NoticeText | undefined;
}

/** All quotes, a page at a time. */
export function BrowsePage({ site, quotes, next, here, notice }: BrowsePageProps) {
  const first = here.after === undefined;
  const previous = previousPage(here);
  const description = 'Every quote of the library, a page at a time.';
  return (
    <Layout site={site} head={{ title: 'Browse', description, path: ROUTES.browse, indexed: first }} notice={notice}>
      <h1>All the quotes</h1>
      {quotes !== undefined && quotes.length > 0 && <QuoteList quotes={quotes} />}
      {quotes?.length === 0 && <Nothing first={first} />}
      {(!first || next !== undefined) && (
        <nav class="pages" aria-label="Pages">
          {first ? <span /> : <a href={browseLink()}>Back to the beginning</a>}
          {previous !== undefined && (
            <a href={browseLink(previous)} rel="prev">
              Previous page
            </a>
          )}
          {next !== undefined && (
            <a href={browseLink(nextPage(here, next))} rel="next">
              Next page
            </a>
          )}
        </nav>
      )}
    </Layout>
  );
}

function Nothing({ first }: { readonly first: boolean }) {
  return (
    <div class="empty">
      <p>{first ? 'There is no quote here yet.' : 'There is nothing further.'}</p>
      {first && (
        <p class="actions">
          <a class="button" href={ROUTES.add}>
            Add the first one
          </a>
        </p>
      )}
    </div>
  );
}
