import { describe, expect, it } from 'vitest';
import { HTML, healthy, useFront } from './front.fixture.ts';

const front = useFront();
const { page } = front;
const NEW = { text: 'To be', author: 'W. S.' };

/** The cookies that an answer sets, by name. */
function cookiesOf({ response }: { readonly response: Response }): Map<string, string> {
  return new Map(response.headers.getSetCookie().map((line) => [line.split('=')[0] ?? '', line]));
}

async function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  return await page(path, { method: 'POST', body: new URLSearchParams(form), headers: { ...HTML, ...headers } });
}

/** Signs in; returns what the browser sends from then on, and the proof in its forms. */
async function signIn(): Promise<{ readonly cookie: string; readonly csrf: string }> {
  const answer = await post('/session', { key: 'right' });
  const cookie = (cookiesOf(answer).get('session') ?? '').split(';')[0] ?? '';
  const { html } = await page('/browse/new', { headers: { ...HTML, cookie } });
  return { cookie, csrf: /name="csrf" value="([\w-]+)"/.exec(html)?.[1] ?? '' };
}

describe('a session', () => {
  it('begins with a right key, in a cookie that scripts and other sites do not get', async () => {
    const answer = await post('/session', { key: 'right' });
    expect([answer.response.status, answer.response.headers.get('location')]).toEqual([303, '/session']);
    expect(cookiesOf(answer).get('session')).toMatch(/^session=[\w-]{43}; path=\/; samesite=lax; httponly$/i);
    expect(answer.html).not.toContain('right');
  });

  it('does not begin with a wrong key, nor while nobody can tell', async () => {
    const wrong = await post('/session', { key: 'wrong' });
    expect([wrong.response.status, cookiesOf(wrong).size]).toEqual([403, 0]);
    expect(wrong.html).toContain('This is not the admin key.');
    front.stub.answers(() => 'reset');
    const down = await post('/session', { key: 'right' });
    expect([down.response.status, cookiesOf(down).size]).toEqual([503, 0]);
  });

  it('makes forms that ask for no key, and sends it to the service', async () => {
    const { cookie, csrf } = await signIn();
    const { html } = await page('/browse/new', { headers: { ...HTML, cookie } });
    expect(html).not.toContain('name="key"');
    expect(html).not.toContain('"right"');
    front.stub.requests.length = 0;
    const { response } = await post('/browse/new', { ...NEW, csrf }, { cookie });
    expect(response.headers.get('location')).toBe('/browse/quote/made?done=added');
    expect(front.stub.requests.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['POST', 'Bearer right'],
    ]);
  });

  it('begins also with the first form that brought the key', async () => {
    const answer = await post('/browse/new', { ...NEW, key: 'right' });
    const [cookie = ''] = (cookiesOf(answer).get('session') ?? '').split(';');
    expect((await page('/session', { headers: { ...HTML, cookie } })).html).toContain('You are signed in as ada');
  });

  it.each(['', 'other'])('takes no form with the proof "%s", and keeps what was typed', async (csrf) => {
    const { cookie } = await signIn();
    front.stub.requests.length = 0;
    const { response, html } = await post('/browse/new', { ...NEW, csrf }, { cookie });
    expect(response.status).toBe(403);
    expect(html).toContain('This form was too old to be taken.');
    expect(html).toContain('value="W. S."');
    expect(front.stub.requests).toEqual([]);
  });

  it('ends when its key is not accepted any more', async () => {
    const { cookie, csrf } = await signIn();
    front.stub.answers((request) => (request.method === 'POST' ? { status: 401, body: {} } : healthy(request)));
    const { response, html } = await post('/browse/new', { ...NEW, csrf }, { cookie });
    expect(response.status).toBe(403);
    expect(html).toContain('name="key"');
    expect((await page('/session', { headers: { ...HTML, cookie } })).html).toContain('name="key"');
  });

  it('ends by signing out, and the cookie with it', async () => {
    const { cookie, csrf } = await signIn();
    const answer = await post('/session/end', { csrf }, { cookie });
    expect(answer.response.headers.get('location')).toBe('/session?done=ended');
    expect(cookiesOf(answer).get('session')).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
    expect((await page('/session', { headers: { ...HTML, cookie } })).html).toContain('name="key"');
  });

  it('ends where somebody signs in anew with the same browser', async () => {
    const { cookie } = await signIn();
    const answer = await post('/session', { key: 'right' }, { cookie });
    expect(cookiesOf(answer).get('session')).toMatch(/^session=[\w-]{43};/);
    expect((await page('/session', { headers: { ...HTML, cookie } })).html).toContain('name="key"');
  });

  it('is not ended by a form of another page', async () => {
    const { cookie } = await signIn();
    await post('/session/end', { csrf: 'other' }, { cookie });
    expect((await page('/session', { headers: { ...HTML, cookie } })).html).toContain('You are signed in as ada');
  });

  it.each(['session=none', 'session=', `session=${'x'.repeat(43)}`, `session=${'y'.repeat(9_000)}`])(
    'is nobody’s with the cookie %.30s',
    async (cookie) => {
      const { response, html } = await page('/browse/new', { headers: { ...HTML, cookie } });
      expect(response.status).toBe(200);
      expect(html).toContain('name="key"');
    },
  );
});

describe('a form of another site', () => {
  it.each<[string, Record<string, string>]>([
    ['as a browser of today says', { 'sec-fetch-site': 'cross-site' }],
    ['as another one says', { 'sec-fetch-site': 'same-site' }],
    ['as an older browser says', { origin: 'https://evil.example' }],
    ['whose origin nobody knows', { origin: 'null' }],
  ])('is refused, %s', async (_, headers) => {
    for (const path of ['/session', '/session/end', '/browse/new', '/language', '/browse/quote/pascal-coeur/remove']) {
      const { response, html } = await post(path, { key: 'right', language: 'fr', ...NEW }, headers);
      expect(response.status).toBe(403);
      expect(html).toContain('This was not sent from here');
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(front.stub.requests).toEqual([]);
  });

  it('is taken from the page’s own, by either name of the site', async () => {
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: 'https://quotes.example' }, {}]) {
      expect((await post('/session', { key: 'right' }, headers)).response.status).toBe(303);
    }
  });
});
