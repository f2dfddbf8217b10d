import { describe, expect, it } from 'vitest';
import type { StubAnswer, StubRequest } from '../../../../test/stub-service.ts';
import { HTML, healthy, PASCAL, useFront } from './front.fixture.ts';

const front = useFront();
const { page, send } = front;

/** Services that know the key and refuse what is written. */
const refusing = (answer: StubAnswer) => (request: StubRequest) =>
  request.url.endsWith('/-/key') ? healthy(request) : answer;

describe('adding a quote', () => {
  const typed = { text: ' To be\r\nor not ', author: 'W. <S>', source: '', key: 'right' };

  it('begins with an empty form', async () => {
    expect((await page('/browse/new')).html).toContain('name="key" aria-describedby="key-hint" type="password"');
  });

  it('says what is missing where neither a key nor a session came', async () => {
    const { response, html } = await send('/browse/new', { ...typed, key: '' });
    expect(response.status).toBe(403);
    expect(html).toContain('Type the key to go on.');
    expect(html).toContain('value="W. &lt;S>"');
    expect(front.stub.requests).toEqual([]);
  });

  it('sends it with the key and leads to the new page', async () => {
    const { response } = await send('/browse/new', typed);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/browse/quote/made?done=added');
    expect(JSON.parse(front.stub.requests.at(-1)?.body ?? '')).toEqual({ text: 'To be\nor not', author: 'W. <S>' });
    expect(front.stub.requests.at(-1)?.headers.authorization).toBe('Bearer right');
    expect((await page('/browse/quote/pascal-coeur?done=added')).html).toContain('The quote has been added.');
  });

  it('sends the source and the language that were given', async () => {
    await send('/browse/new', { ...typed, source: 'Hamlet', language: ' en ' });
    expect(JSON.parse(front.stub.requests.at(-1)?.body ?? '')).toMatchObject({ source: 'Hamlet', language: 'en' });
  });

  it('keeps what was typed, but never the key, when the key is wrong', async () => {
    front.stub.answers(() => ({ status: 401, body: {} }));
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
    front.stub.answers(refusing({ status: 400, body: { errors } }));
    const { response, html } = await send('/browse/new', typed);
    expect(response.status).toBe(400);
    expect(html).toContain('<p class="wrong" id="text-problem">is too long</p>');
    expect(html).toContain('aria-describedby="author-problem" aria-invalid="true"');
  });

  it('passes on a refusal that names no field', async () => {
    front.stub.answers(refusing({ status: 409, body: { detail: 'The id is taken.' } }));
    expect((await send('/browse/new', typed)).html).toContain('The id is taken.');
  });

  it('keeps what was typed while the service is down', async () => {
    front.stub.answers(() => 'reset');
    const { response, html } = await send('/browse/new', typed);
    expect(response.status).toBe(503);
    expect(html).toContain('What you typed is kept below');
    expect(html).toContain('value="W. &lt;S>"');
  });

  it('carries a key of its own, with which it adds one quote however often it is sent', async () => {
    const shown = async () => /name="once" value="([0-9a-f]{32})"/.exec((await page('/browse/new')).html)?.[1];
    const once = await shown();
    expect(once).toBeDefined();
    expect(await shown()).not.toBe(once);
    front.stub.requests.length = 0;
    await send('/browse/new', { ...typed, once: once ?? '' });
    expect(front.stub.requests.at(-1)?.headers['idempotency-key']).toBe(`"${once}"`);
  });

  it('keeps its key after an answer that got lost, so that it can be sent again', async () => {
    front.stub.answers(() => 'reset');
    const { html } = await send('/browse/new', { ...typed, once: 'abc' });
    expect(html).toContain('name="once" value="abc"');
  });

  it('says so when it has added another quote already, and offers to add this one too', async () => {
    const errors = [{ in: 'header', name: 'Idempotency-Key', message: 'was used with another body' }];
    front.stub.answers(refusing({ status: 422, body: { errors } }));
    const { html } = await send('/browse/new', { ...typed, once: 'abc' });
    expect(html).toContain('This form has added a quote already.');
    expect(html).toMatch(/name="once" value="[0-9a-f]{32}"/);
  });

  it('refuses a body that is no form', async () => {
    const init = { method: 'POST', body: '{}', headers: { ...HTML, 'content-type': 'application/json' } };
    expect((await page('/browse/new', init)).response.status).toBe(415);
  });
});

describe('editing a quote', () => {
  const path = '/browse/quote/pascal-coeur/edit';
  const typed = { text: 'Better', author: 'Blaise Pascal', source: '', language: 'fr', key: 'right', revision: 'r1' };

  it('begins with what the quote says, and the revision that was seen', async () => {
    front.stub.answers(() => ({ body: { ...PASCAL, revision: 'r1' } }));
    const { html } = await page(path);
    expect(html).toContain(PASCAL.text);
    expect(html).toContain('value="Blaise Pascal"');
    expect(html).toContain('<input type="hidden" name="revision" value="r1"');
  });

  it('replaces that revision, and leads to the quote', async () => {
    front.stub.answers((request) => (request.method === 'PUT' ? { body: PASCAL } : healthy(request)));
    const { response } = await send(path, typed);
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      '/browse/quote/pascal-coeur?done=edited',
    ]);
    expect(front.stub.requests.at(-1)).toMatchObject({ method: 'PUT', url: '/quotes/pascal-coeur' });
    expect(front.stub.requests.at(-1)?.headers['if-match']).toBe('"r1"');
    expect(JSON.parse(front.stub.requests.at(-1)?.body ?? '')).toEqual({
      text: 'Better',
      author: 'Blaise Pascal',
      language: 'fr',
    });
    expect((await page('/browse/quote/pascal-coeur?done=edited')).html).toContain('The quote has been changed.');
  });

  it('keeps what was typed when somebody else was faster', async () => {
    front.stub.answers(refusing({ status: 412, body: { detail: 'It has changed meanwhile.' } }));
    const { response, html } = await send(path, typed);
    expect(response.status).toBe(400);
    expect(html).toContain('It has changed meanwhile.');
    expect(html).toContain('>Better</textarea>');
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
    expect(front.stub.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/quotes/pascal-coeur' });
    expect((await page('/browse?done=removed')).html).toContain('The quote has been removed.');
  });

  it.each<[string, StubAnswer, number, string]>([
    ['asks again when the key is wrong', { status: 401, body: {} }, 403, 'This is not the admin key.'],
    ['says when the service is down', 'reset', 503, 'The quotes service cannot be reached.'],
    ['passes on any other refusal', { status: 422, body: { detail: 'Not this one.' } }, 400, 'Not this one.'],
  ])('%s', async (_, answer, status, words) => {
    front.stub.answers((request) => (request.method === 'DELETE' ? answer : healthy(request)));
    const { response, html } = await send(path, { key: 'right' });
    expect(response.status).toBe(status);
    expect(html).toContain(words);
  });

  it('is content when somebody else was faster', async () => {
    front.stub.answers((request) => (request.method === 'DELETE' ? { status: 404, body: {} } : healthy(request)));
    expect((await send(path, { key: 'right' })).response.status).toBe(303);
  });
});
