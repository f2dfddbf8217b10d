import { describe, expect, it } from 'vitest';
import { HTML, healthy, PASCAL, useFront } from './front/front.fixture.ts';

const front = useFront();
const { page } = front;

describe('the home page', () => {
  it('shows title, version, a quote in its language and the health of every service', async () => {
    const { response, html } = await page('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toContain('<title>Quotes – dev</title>');
    expect(html).toContain('version 1.2.3');
    expect(html).toContain(PASCAL.text);
    expect(html).toMatch(/<figure class="hero short" dir="auto" lang="fr">/);
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
    front.stub.answers((request) =>
      request.url.startsWith('/quotes/random') ? { status: 404, body: {} } : healthy(request),
    );
    expect((await page('/')).html).toContain('Add the first one');
  });

  it('stays useful while the quotes service is down', async () => {
    front.stub.answers((request) => (request.url.startsWith('/quotes') ? { status: 503, body: {} } : healthy(request)));
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
