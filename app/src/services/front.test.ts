import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runApp, type TestApp } from '../../../test/run-app.ts';
import { type StubAnswer, type StubRequest, StubService } from '../../../test/stub-service.ts';

const PASCAL = {
  id: 'pascal-coeur',
  text: 'Le cœur a ses raisons, que la raison ne connaît point.',
  author: 'Blaise Pascal',
  source: 'Pensées',
  language: 'fr',
};
/** An endpoint with everything that the API pages show. */
const DOCUMENT = {
  info: { title: 'x', version: '1', description: 'What it is for' },
  paths: {
    '/things/{id}': {
      put: {
        summary: 'Replace a thing',
        description: 'All of it.',
        security: [{ adminKey: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 64 } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        responses: {
          200: {
            description: 'Replaced',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
          },
          404: { description: 'None <of> this id' },
        },
      },
    },
  },
  components: {
    schemas: {
      Thing: {
        type: 'object',
        required: ['text'],
        properties: { text: { type: 'string' }, note: { type: 'string', description: 'A word' } },
      },
    },
  },
};
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let stub: StubService;
let front: TestApp;

/** The services in their best health. */
function healthy({ method, url }: StubRequest): StubAnswer {
  const path = url.split('?')[0];
  if (path === '/health') return { body: { status: 'ok', version: '1.0.0' } };
  if (path === '/openapi.json') return { body: DOCUMENT };
  if (method === 'POST') return { status: 201, body: { ...PASCAL, id: 'made' } };
  if (method === 'DELETE') return { status: 204 };
  if (path === '/quotes' || path === '/search') return { body: { items: [PASCAL], next: 'cursor&1' } };
  return path === '/quotes/random' || path === '/quotes/pascal-coeur' ? { body: PASCAL } : { status: 404, body: {} };
}

async function page(path: string, init: RequestInit = {}): Promise<{ response: Response; html: string }> {
  const response = await fetch(`${front.url}${path}`, { redirect: 'manual', headers: HTML, ...init });
  return { response, html: await response.text() };
}

async function send(path: string, form: Readonly<Record<string, string>>) {
  return await page(path, { method: 'POST', body: new URLSearchParams(form) });
}

beforeAll(async () => {
  stub = await StubService.start(healthy);
  const urls = { USERS_URL: stub.url, QUOTES_URL: stub.url, SEARCH_URL: stub.url };
  front = await runApp({
    service: 'front',
    env: { ...urls, APP_VERSION: '1.2.3', PUBLIC_URL: 'https://quotes.example' },
  });
});

afterAll(async () => {
  await front.stop();
  await stub.stop();
});

beforeEach(() => {
  stub.answers(healthy);
  stub.requests.length = 0;
});

describe('the home page', () => {
  it('shows title, version, a quote in its language and the health of every service', async () => {
    const { response, html } = await page('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toContain('<title>Quotes – dev</title>');
    expect(html).toContain('version 1.2.3');
    expect(html).toContain(PASCAL.text);
    expect(html).toMatch(/<figure class="hero short" lang="fr">/);
    for (const service of ['front', 'users', 'quotes', 'search'])
      expect(html).toContain(`<span class="name">${service}</span>`);
    expect(html).toContain('<link rel="canonical" href="https://quotes.example/"');
  });

  it('is JSON for a program, as on every other service', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const response = await fetch(`${front.url}/`, { headers: { accept } });
      expect(await response.json()).toMatchObject({ service: 'front', version: '1.2.3', environment: 'dev' });
      expect(response.headers.get('vary')).toContain('Accept');
    }
  });

  it('invites to add the first quote to an empty store', async () => {
    stub.answers((request) =>
      request.url.startsWith('/quotes/random') ? { status: 404, body: {} } : healthy(request),
    );
    expect((await page('/')).html).toContain('Add the first one');
  });

  it('stays useful while the quotes service is down', async () => {
    stub.answers((request) => (request.url.startsWith('/quotes') ? { status: 503, body: {} } : healthy(request)));
    const { response, html } = await page('/');
    expect(response.status).toBe(200);
    expect(html).toContain('The quotes service answers that it cannot serve at the moment.');
    expect(html).toContain('action="/find"');
  });

  it('runs no script and allows none', async () => {
    const { response, html } = await page('/');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|script-src/);
    expect(html).not.toMatch(/<script|\sstyle=|\son\w+=/);
  });

  it('is compressed for those who take it', async () => {
    const { response } = await page('/', { headers: { ...HTML, 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const plain = await page('/', { headers: { ...HTML, 'accept-encoding': 'identity' } });
    expect(plain.response.headers.get('content-encoding')).toBeNull();
  });
});

describe('browsing', () => {
  it('shows a page and leads to the next by its cursor', async () => {
    const { html } = await page('/browse?after=abc');
    expect(stub.requests[0]?.url).toBe('/quotes?limit=20&cursor=abc');
    expect(html).toContain('href="/browse?after=cursor%261"');
    expect(html).toContain('Back to the beginning');
  });

  it('has no next page behind the last, and says so where nothing is left', async () => {
    stub.answers(() => ({ body: { items: [], next: null } }));
    const { html } = await page('/browse?after=abc');
    expect(html).not.toContain('Next page');
    expect(html).toContain('There is nothing further.');
    expect((await page('/browse')).html).toContain('Add the first one');
  });

  it('answers 503 with advice when the service is down', async () => {
    stub.answers(() => ({ status: 503, body: {} }));
    const { response, html } = await page('/browse');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(html).toContain('try again in a few seconds');
  });

  it('answers 404 in plain words where no page begins', async () => {
    stub.answers(() => ({ status: 400, body: { detail: 'The request is not valid; see errors.' } }));
    const { response, html } = await page('/browse?after=%00');
    expect(response.status).toBe(404);
    expect(html).toContain('No page of the list begins here.');
    expect(html).not.toContain('see errors');
  });
});

describe('searching', () => {
  it('shows the reasons of the service, not that there are some', async () => {
    const errors = [{ in: 'query', name: 'keyword', message: 'must not contain control characters' }];
    stub.answers(() => ({ status: 400, body: { detail: 'The request is not valid; see errors.', errors } }));
    const { response, html } = await page('/find?keyword=%07');
    expect(response.status).toBe(400);
    expect(html).toContain('keyword: must not contain control characters');
    expect(html).not.toContain('see errors');
  });

  it('shows the form alone before anything was looked for', async () => {
    const { html } = await page('/find?keyword=%20');
    expect(stub.requests).toEqual([]);
    expect(html).toContain('the beginning of a word is enough');
  });

  it('marks what was found, and escapes what was typed', async () => {
    const { html } = await page(`/find?keyword=${encodeURIComponent('coeur <b>"')}`);
    expect(html).toContain('<mark>cœur</mark>');
    expect(html).toContain('value="coeur &lt;b>&quot;"');
    expect(html).toContain('One quote');
  });

  it('helps on when nothing was found, or the service is down', async () => {
    stub.answers(() => ({ body: { items: [] } }));
    expect((await page('/find?keyword=zzz')).html).toContain('Nothing found for “zzz”');
    stub.answers(() => 'reset');
    const { response, html } = await page('/find?keyword=zzz');
    expect(response.status).toBe(503);
    expect(html).toContain('The search service cannot be reached.');
  });
});

describe('a quote', () => {
  it('has a page of its own', async () => {
    const { html } = await page('/browse/quote/pascal-coeur');
    expect(html).toContain('<title>Blaise Pascal: Le cœur a ses raisons');
    expect(html).toContain('<cite class="source" lang="fr">Pensées</cite>');
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
    expect(stub.requests).toEqual([]);
  });

  it('is a problem in JSON for a program that finds none', async () => {
    const response = await fetch(`${front.url}/browse/quote/none`);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  });

  it('shows the request to name while the service is down', async () => {
    stub.answers(() => ({ status: 503, body: {} }));
    const { response, html } = await page('/browse/quote/pascal-coeur', {
      headers: { ...HTML, 'x-request-id': 'find-me' },
    });
    expect(response.status).toBe(503);
    expect(html).toContain('<code>find-me</code>');
  });
});

describe('adding a quote', () => {
  const typed = { text: ' To be\r\nor not ', author: 'W. <S>', source: '', key: 'right' };

  it('begins with an empty form', async () => {
    expect((await page('/browse/new')).html).toContain('name="key" aria-describedby="key-hint" type="password"');
  });

  it('sends it with the key and leads to the new page', async () => {
    const { response } = await send('/browse/new', typed);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/browse/quote/made?done=added');
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toEqual({ text: 'To be\nor not', author: 'W. <S>' });
    expect(stub.requests[0]?.headers.authorization).toBe('Bearer right');
    expect((await page('/browse/quote/pascal-coeur?done=added')).html).toContain('The quote has been added.');
  });

  it('sends the source and the language that were given', async () => {
    await send('/browse/new', { ...typed, source: 'Hamlet', language: ' en ' });
    expect(JSON.parse(stub.requests[0]?.body ?? '')).toMatchObject({ source: 'Hamlet', language: 'en' });
  });

  it('keeps what was typed, but never the key, when the key is wrong', async () => {
    stub.answers(() => ({ status: 401, body: {} }));
    const { response, html } = await send('/browse/new', { ...typed, key: 'wrong-key' });
    expect(response.status).toBe(403);
    expect(html).toContain('This is not the admin key.');
    expect(html).toContain('value="W. &lt;S>"');
    expect(html).not.toContain('wrong-key');
  });

  it('shows every reason beside its field', async () => {
    const errors = [
      { name: '/text', message: 'is too long' },
      { name: '/author', message: 'is missing' },
    ];
    stub.answers(() => ({ status: 400, body: { errors } }));
    const { response, html } = await send('/browse/new', typed);
    expect(response.status).toBe(400);
    expect(html).toContain('<p class="wrong" id="text-problem">is too long</p>');
    expect(html).toContain('aria-describedby="author-problem" aria-invalid="true"');
  });

  it('passes on a refusal that names no field', async () => {
    stub.answers(() => ({ status: 409, body: { detail: 'The id is taken.' } }));
    expect((await send('/browse/new', typed)).html).toContain('The id is taken.');
  });

  it('keeps what was typed while the service is down', async () => {
    stub.answers(() => 'reset');
    const { response, html } = await send('/browse/new', typed);
    expect(response.status).toBe(503);
    expect(html).toContain('What you typed is kept below');
    expect(html).toContain('value="W. &lt;S>"');
  });

  it('refuses a body that is no form', async () => {
    const init = { method: 'POST', body: '{}', headers: { ...HTML, 'content-type': 'application/json' } };
    expect((await page('/browse/new', init)).response.status).toBe(415);
  });
});

describe('removing a quote', () => {
  const path = '/browse/quote/pascal-coeur/remove';

  it('asks first, and shows what would go', async () => {
    expect((await page(path)).html).toContain(PASCAL.text);
  });

  it('sends the key and leads to the list', async () => {
    const { response } = await send(path, { key: 'right' });
    expect(response.headers.get('location')).toBe('/browse?done=removed');
    expect(stub.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/quotes/pascal-coeur' });
    expect((await page('/browse?done=removed')).html).toContain('The quote has been removed.');
  });

  it.each<[string, StubAnswer, number, string]>([
    ['asks again when the key is wrong', { status: 401, body: {} }, 403, 'This is not the admin key.'],
    ['says when the service is down', 'reset', 503, 'The quotes service cannot be reached.'],
    ['passes on any other refusal', { status: 422, body: { detail: 'Not this one.' } }, 400, 'Not this one.'],
  ])('%s', async (_, answer, status, words) => {
    stub.answers((request) => (request.method === 'DELETE' ? answer : healthy(request)));
    const { response, html } = await send(path, { key: 'key' });
    expect(response.status).toBe(status);
    expect(html).toContain(words);
  });

  it('is content when somebody else was faster', async () => {
    stub.answers((request) => (request.method === 'DELETE' ? { status: 404, body: {} } : healthy(request)));
    expect((await send(path, { key: 'right' })).response.status).toBe(303);
  });
});

describe('assets', () => {
  it('are kept for ever under the address that the page names', async () => {
    const { html } = await page('/');
    const style = /href="(\/assets\/style\.css\?v=[\w-]+)"/.exec(html)?.[1] ?? '';
    const response = await fetch(`${front.url}${style}`);
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-type')).toBe('text/css; charset=utf-8');
    const font = /href="(\/assets\/eb-garamond\.woff2\?v=[\w-]+)"/.exec(html)?.[1] ?? '';
    expect(await response.text()).toContain(`url("${font}")`);
  });

  it('of another version are not kept', async () => {
    const response = await fetch(`${front.url}/assets/style.css?v=other`);
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it.each([
    ['br', 'style.css', 'br'],
    ['gzip', 'style.css', 'gzip'],
    ['gzip', 'eb-garamond.woff2', null],
  ])('come as %s where that is asked for: %s', async (coding, name, expected) => {
    const response = await fetch(`${front.url}/assets/${name}`, { headers: { 'accept-encoding': coding } });
    expect(response.headers.get('content-encoding')).toBe(expected);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  });

  it('that have not changed are not sent again', async () => {
    const first = await fetch(`${front.url}/assets/icon.svg`);
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${front.url}/assets/icon.svg`, {
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });
});

describe('the API pages', () => {
  it('show every service', async () => {
    const { html } = await page('/docs');
    for (const service of ['users', 'quotes', 'search']) expect(html).toContain(`<h2 id="${service}">${service}</h2>`);
  });

  it('show parameters, body, answers and a command of an endpoint', async () => {
    const { html } = await page('/docs');
    for (const words of [
      'Replace a thing',
      'All of it.',
      'Asks for the admin key.',
      'string, at most 64 characters',
      '<span class="soft">. A word</span>',
      'None &lt;of> this id',
      "curl -X PUT 'https://quotes.example/things/some-id'",
      '&quot;text&quot;: &quot;Il faut cultiver notre jardin.&quot;',
    ]) {
      expect(html).toContain(words);
    }
  });

  it('show the last answer of a service that is down, and say so', async () => {
    stub.answers(() => ({ status: 503, body: {} }));
    expect((await page('/docs')).html).toContain('Replace a thing');
  });
});
