import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { HTML, healthy, useFront } from './front.fixture.ts';

const front = useFront();
const behindTls = useFront({ PLAIN_HTTP: 'false' });
const NEW = { text: 'To be', author: 'W. S.' };

const get = (path: string, cookie: string, headers = {}) =>
  front.page(path, { headers: { ...HTML, cookie, ...headers } });
const post = (path: string, form: Record<string, string>, cookie = '', headers = {}) =>
  front.page(path, { method: 'POST', body: new URLSearchParams(form), headers: { ...HTML, cookie, ...headers } });
const sessionIn = ({ response }: { readonly response: Response }) =>
  /session=[\w-]{43}/.exec(response.headers.getSetCookie().join())?.[0] ?? '';
const proofIn = ({ html }: { readonly html: string }) => /name="csrf" value="([\w-]+)"/.exec(html)?.[1] ?? '';
/** The links of the page say who looks at it. */
const isSignedIn = async (cookie: string) => (await get('/session', cookie)).html.includes('You are signed in as ada');

let cookie = '';
let csrf = '';
beforeEach(async () => {
  cookie = sessionIn(await post('/session', { key: 'right' }));
  csrf = proofIn(await get('/session', cookie));
  front.stub.requests.length = 0;
});

describe('somebody who plants a cookie', () => {
  it('does not learn the session that begins with it: every sign-in has a token of its own', async () => {
    const planted = `session=${'A'.repeat(43)}`;
    const begun = sessionIn(await post('/session', { key: 'right' }, planted));
    expect(begun).not.toBe(planted);
    expect(await isSignedIn(planted)).toBe(false);
    expect(await isSignedIn(begun)).toBe(true);
  });

  it('does nothing with a cookie of their own: the proof of one session opens no other', async () => {
    const theirs = sessionIn(await post('/session', { key: 'right' }));
    const { response } = await post('/browse/new', { ...NEW, csrf }, theirs);
    expect(response.status).toBe(403);
    expect(front.stub.requests.map(({ method }) => method)).not.toContain('POST');
    await post('/session/end', { csrf }, theirs);
    expect(await isSignedIn(theirs)).toBe(true);
  });
});

describe('another host of the domain, and a page of plain HTTP', () => {
  it('sets no cookie that counts where browsers come by TLS: browsers take the name from this host alone, for all paths', async () => {
    const body = new URLSearchParams({ key: 'right' });
    const { response } = await behindTls.page('/session', { method: 'POST', body });
    const [line = ''] = response.headers.getSetCookie();
    expect(line).toMatch(/^__Host-session=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i);
    const asIt = async (sent: string) =>
      (await behindTls.page('/session', { headers: { ...HTML, cookie: sent } })).html;
    const mine = line.split(';')[0] ?? '';
    expect(await asIt(mine)).toContain('You are signed in as ada');
    expect(await asIt(mine.replace('__Host-', ''))).not.toContain('You are signed in as ada');
  });
});

describe('somebody who kept what they had', () => {
  it('does nothing with a cookie and a proof after the sign-out', async () => {
    await post('/session/end', { csrf }, cookie);
    expect(await isSignedIn(cookie)).toBe(false);
    expect((await post('/browse/new', { ...NEW, csrf }, cookie)).response.status).toBe(403);
    expect(front.stub.requests.map(({ method }) => method)).not.toContain('POST');
  });

  it('sees nothing of it by going back: no cache keeps the pages of somebody who signed in', async () => {
    for (const path of ['/', '/browse', '/browse/new', '/find?keyword=a', '/docs', '/session']) {
      const { response } = await get(path, cookie);
      expect([path, response.headers.get('cache-control')]).toEqual([path, 'no-store']);
      expect(response.headers.get('vary'), path).toMatch(/\bCookie\b/);
    }
    expect((await get('/browse', '')).response.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('does nothing with a key that was revoked, or that has lost its scope, while they were signed in', async () => {
    for (const status of [401, 403]) {
      const mine = sessionIn(await post('/session', { key: 'right' }));
      const proof = proofIn(await get('/session', mine));
      front.stub.answers((asked) => (asked.method === 'DELETE' ? { status, body: {} } : healthy(asked)));
      const { response } = await post('/browse/quote/pascal-coeur/remove', { csrf: proof }, mine);
      expect(response.status).toBe(403);
      expect(response.headers.getSetCookie().join()).toMatch(/^session=; path=\/; expires=Thu, 01 Jan 1970/);
      expect(await isSignedIn(mine)).toBe(false);
      front.stub.answers(healthy);
    }
  });
});

describe('somebody who measures or bends what is sent', () => {
  it('learns no proof from lengths: a page that holds one is not compressed', async () => {
    const sizes = async (guess: string) =>
      (await encodedBytes(`/browse/new?x=${guess}`, cookie)) - (await encodedBytes('/browse/new?x=', cookie));
    expect(await sizes(csrf)).toBe(await sizes('~'.repeat(csrf.length)));
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])(
    'sends no form as "%s", which another site could without asking',
    async (type) => {
      const body = new Blob([JSON.stringify({ ...NEW, csrf })]);
      const headers = { ...HTML, cookie, 'content-type': type };
      const { response } = await front.page('/browse/new', { method: 'POST', body, headers });
      expect(response.status).toBe(415);
      expect(front.stub.requests).toEqual([]);
    },
  );

  it('does nothing by a GET, nor with the proof in the address', async () => {
    expect((await get(`/session/end?csrf=${csrf}`, cookie)).response.status).toBe(405);
    await post(`/browse/quote/pascal-coeur/remove?csrf=${csrf}`, {}, cookie);
    expect(front.stub.requests.map(({ method }) => method)).not.toContain('DELETE');
    expect(await isSignedIn(cookie)).toBe(true);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/\t/evil.example',
    'javascript:alert(1)',
    '\\/x',
  ])('leads nobody to %s', async (back) => {
    const { response } = await post('/language', { language: 'fr', back });
    expect(response.headers.get('location')).toBe('/');
  });
});

/** What travels of a page to a browser that takes gzip. */
function encodedBytes(path: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { ...HTML, cookie, 'accept-encoding': 'gzip' };
    request(`${front.url}${path}`, { headers }, (response) => {
      response.setEncoding('latin1');
      text(response).then((all) => resolve(all.length), reject);
    })
      .on('error', reject)
      .end();
  });
}
