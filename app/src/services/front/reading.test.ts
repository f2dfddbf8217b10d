import { describe, expect, it } from 'vitest';
import { HTML, healthy, PASCAL, useFront } from './front.fixture.ts';

const front = useFront();
const { page } = front;

describe('browsing', () => {
  it('leads back to the page before', async () => {
    const { html } = await page('/browse?after=abc&trail=-.xyz');
    expect(html).toContain('href="/browse?after=xyz&amp;trail=-" rel="prev"');
  });

  it('shows a page and leads to the next by its cursor', async () => {
    const { html } = await page('/browse?after=abc');
    expect(front.stub.requests.map(({ url }) => url)).toContain('/quotes?limit=20&cursor=abc');
    expect(html).toContain('href="/browse?after=cursor%261&amp;trail=abc" rel="next"');
    expect(html).toContain('Back to the beginning');
  });

  it('is narrowed to an author and a language, by its form and on every page of it', async () => {
    const narrowed = 'author=blaise+pascal&language=fr';
    const { html } = await page(`/browse?${narrowed}&after=abc&trail=-`);
    const asked = front.stub.requests.map(({ url }) => url);
    expect(asked).toContain('/search/quotes?limit=20&author=blaise+pascal&language=fr&cursor=abc');
    expect(html).toContain('<h1>Quotes by blaise pascal in French</h1>');
    expect(html).toContain('<option value="Blaise Pascal">');
    expect(html).toMatch(/<option value="fr" selected[^>]*>French<\/option>/);
    const links = `/browse?${narrowed}`.replaceAll('&', '&amp;');
    expect(html).toContain(`href="${links}&amp;after=cursor%261&amp;trail=-.abc" rel="next"`);
    expect(html).toContain(`href="${links}" rel="prev"`);
  });

  it('takes an empty field of the form for any, and says so where nobody wrote anything', async () => {
    await page('/browse?author=+&language=');
    expect(front.stub.requests.map(({ url }) => url)).toContain('/quotes?limit=20');
    front.stub.answers(() => ({ body: { items: [], next: null } }));
    const { html } = await page('/browse?author=nobody');
    expect(html).toContain('No quote is like this.');
    expect(html).toContain('name="robots" content="noindex"');
  });

  it('shows the others where a quote of the page cannot be read', async () => {
    front.stub.answers((request) =>
      request.url.startsWith('/quotes')
        ? { body: { items: [{ id: 'half', text: 'x' }, null, PASCAL] } }
        : healthy(request),
    );
    const { response, html } = await page('/browse');
    expect(response.status).toBe(200);
    expect(html).toContain(PASCAL.text);
  });

  it('has no next page behind the last, and says so where nothing is left', async () => {
    front.stub.answers(() => ({ body: { items: [], next: null } }));
    const { html } = await page('/browse?after=abc');
    expect(html).not.toContain('Next page');
    expect(html).toContain('There is nothing further.');
    expect((await page('/browse')).html).toContain('Add the first one');
  });

  it('answers 503 with advice when the service is down', async () => {
    front.stub.answers(() => ({ status: 503, body: {} }));
    const { response, html } = await page('/browse');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(html).toContain('try again in a few seconds');
  });

  it('is not disturbed by what others put behind its address', async () => {
    const { response, html } = await page('/browse?cursor=junk&utm_source=mail&fbclid=1');
    expect(response.status).toBe(200);
    expect(html).toContain('<link rel="canonical" href="https://quotes.example/browse"/>');
  });

  it('answers 404 in plain words where no page begins', async () => {
    front.stub.answers(() => ({ status: 400, body: { detail: 'The request is not valid; see errors.' } }));
    const { response, html } = await page('/browse?after=%00');
    expect(response.status).toBe(404);
    expect(html).toContain('No page of the list begins here.');
    expect(html).not.toContain('see errors');
  });
});

describe('searching', () => {
  it('shows the reasons of the service, not that there are some', async () => {
    const errors = [{ in: 'query', name: 'keyword', message: 'must not contain control characters' }];
    front.stub.answers(() => ({ status: 400, body: { detail: 'The request is not valid; see errors.', errors } }));
    const { response, html } = await page('/find?keyword=%07');
    expect(response.status).toBe(400);
    expect(html).toContain('keyword: must not contain control characters');
    expect(html).not.toContain('see errors');
  });

  it('shows the form alone before anything was looked for', async () => {
    const { html } = await page('/find?keyword=%20');
    expect(front.stub.requests).toEqual([]);
    expect(html).toContain('the beginning of a word is enough');
  });

  it('marks what was found, and escapes what was typed', async () => {
    const { html } = await page(`/find?keyword=${encodeURIComponent('coeur <b>"')}`);
    expect(html).toContain('<mark>cœur</mark>');
    expect(html).toContain('value="coeur &lt;b>&quot;"');
    expect(html).toContain('One quote');
  });

  it('says which words were put right, and marks those', async () => {
    front.stub.answers(() => ({ body: { items: [PASCAL], corrected: 'raisons' } }));
    const { html } = await page('/find?keyword=raisosn');
    expect(html).toContain('Nothing has “<bdi>raisosn</bdi>”; this is what “<bdi>raisons</bdi>” finds. One quote');
    expect(html).toContain('<mark>raisons</mark>');
    expect(front.stub.requests[0]?.url).toBe('/search?keyword=raisosn&limit=30&fuzzy=1');
  });

  it('helps on when nothing was found, or the service is down', async () => {
    front.stub.answers(() => ({ body: { items: [] } }));
    expect((await page('/find?keyword=zzz')).html).toContain('Nothing found for “<bdi>zzz</bdi>”');
    front.stub.answers(() => 'reset');
    const { response, html } = await page('/find?keyword=zzz');
    expect(response.status).toBe(503);
    expect(html).toContain('The search service cannot be reached.');
  });
});

describe('a quote', () => {
  it('is shown in the direction in which it is written', async () => {
    front.stub.answers(() => ({ body: { ...PASCAL, text: 'العلم نور.', author: 'مثل عربي', language: 'ar' } }));
    const { html } = await page('/browse/quote/pascal-coeur');
    expect(html).toContain('<figure class="hero short" dir="auto" lang="ar"><blockquote><p>العلم نور.</p>');
    expect(html).toContain('<span class="author" dir="auto">مثل عربي</span>');
  });

  it('has a page of its own', async () => {
    const { html } = await page('/browse/quote/pascal-coeur');
    expect(html).toContain('<title>Blaise Pascal: Le cœur a ses raisons');
    expect(html).toContain('<cite class="source" dir="auto" lang="fr">Pensées</cite>');
  });

  it.each(['/browse/quote/none', '/nowhere', '/browse/quote/none/remove', '/assets/..%2Ffront.ts'])(
    'is not at %s',
    async (path) => {
      const { response, html } = await page(path);
      expect(response.status).toBe(404);
      expect(html).toContain('Nothing is here');
    },
  );

  it.each(['..', '%2E%2E', 'random', 'a'.repeat(201)])('cannot be called %s', async (id) => {
    const response = await fetch(`${front.url}/browse/quote/${id}/remove`, { headers: HTML });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(front.stub.requests).toEqual([]);
  });

  it('is a problem in JSON for a program that finds none', async () => {
    const response = await fetch(`${front.url}/browse/quote/none`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('shows the request to name while the service is down', async () => {
    front.stub.answers(() => ({ status: 503, body: {} }));
    const { response, html } = await page('/browse/quote/pascal-coeur', {
      headers: { ...HTML, 'x-request-id': 'find-me' },
    });
    expect(response.status).toBe(503);
    expect(html).toContain('<code>find-me</code>');
  });
});
