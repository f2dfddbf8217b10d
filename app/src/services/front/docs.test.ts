import { describe, expect, it } from 'vitest';
import { HTML, healthy, useFront } from './front.fixture.ts';

const front = useFront();
const { page, send } = front;
const PUT = { service: 'quotes', operation: 'put /things/{id}' };

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
    front.stub.answers(() => ({ status: 503, body: {} }));
    expect((await page('/docs')).html).toContain('Replace a thing');
  });
});

describe('an endpoint on the page', () => {
  it('has a form with an example in each field that must be filled, each with a label of its own', async () => {
    const { html } = await page('/docs');
    expect(html).toContain('<form class="form try" method="post" action="/docs#quotes-put-things-id-answer">');
    expect(html).toContain('<label for="quotes-put-things-id-path.id">id</label>');
    expect(html).toContain('name="path.id" value="some-id"');
    expect(html).toMatch(/name="body"[^>]*>\{\n {2}&quot;text&quot;: /);
    expect(html).not.toContain('<script');
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is asked as it was typed, and its answer stands in the page, opened there', async () => {
    front.stub.answers((request) =>
      request.method === 'PUT' ? { status: 409, body: { detail: 'no <b>' } } : healthy(request),
    );
    const { response, html } = await send('/docs', { ...PUT, 'path.id': 'a/b ?', body: '{"text": 1', key: 'right' });
    const { method, url, headers, body } = front.stub.requests.at(-1) ?? {};
    expect([method, url, body]).toEqual(['PUT', '/things/a%2Fb%20%3F', '{"text": 1']);
    expect(headers).toMatchObject({ authorization: 'Bearer right', 'content-type': 'application/json' });
    expect(headers?.['x-request-id']).toBe(response.headers.get('x-request-id'));
    expect(response.status).toBe(200);
    expect(html).toContain('HTTP 409\ncontent-type: application/json');
    expect(html).toContain('&quot;detail&quot;: &quot;no &lt;b>&quot;');
    expect(html.match(/<details[^>]* open/g)).toHaveLength(1);
    expect(html).toContain('value="a/b ?"');
    expect(html).not.toContain('right');
  });

  it('uses the key of a session with the proof of its pages, and without it none', async () => {
    const answer = await send('/session', { key: 'right' });
    const cookie = answer.response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const init = (form: object) => ({
      method: 'POST',
      headers: { ...HTML, cookie },
      body: new URLSearchParams({ ...PUT, ...form }),
    });
    const { html } = await page('/docs', { headers: { ...HTML, cookie } });
    expect(html).not.toContain('name="key"');
    const csrf = /name="csrf" value="([\w-]+)"/.exec(html)?.[1] ?? '';
    await page('/docs', init({ csrf }));
    expect(front.stub.requests.at(-1)?.headers.authorization).toBe('Bearer right');
    await page('/docs', init({ csrf: 'other' }));
    expect(front.stub.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it.each([
    [{ ...PUT, operation: 'put /metrics' }, {}, 404],
    [{ ...PUT, service: 'redis' }, {}, 400],
    [PUT, { 'sec-fetch-site': 'cross-site' }, 403],
  ])('is none of another address, and no other site can ask: %j %j', async (form, headers, status) => {
    await page('/docs');
    front.stub.requests.length = 0;
    const init = { method: 'POST', headers: { ...HTML, ...headers }, body: new URLSearchParams(form) };
    expect((await page('/docs', init)).response.status).toBe(status);
    expect(front.stub.requests).toEqual([]);
  });

  it.each(['.', '..'])('is not left by a part of the address that is %s', async (id) => {
    await page('/docs');
    front.stub.requests.length = 0;
    const { html } = await send('/docs', { ...PUT, 'path.id': id });
    expect(html).toContain('no part of an address can be . or ..');
    expect(front.stub.requests).toEqual([]);
  });

  it('says why there is no answer', async () => {
    await page('/docs');
    front.stub.answers(() => 'reset');
    expect((await send('/docs', PUT)).html).toContain('The quotes service cannot be reached.');
    front.stub.answers(healthy);
    expect((await send('/docs', { ...PUT, key: 'clé' })).html).toContain('printable characters of ASCII');
  });
});
