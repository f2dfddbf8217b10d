import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asAdmin, runApp, type TestApp } from '../../../../test/run-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await runApp({ service: 'quotes' });
});
afterAll(() => app.stop());

const at = (path: string) => `${app.url}/quotes${path}`;
const quote = (id: string) => ({ id, text: `Text of ${id}`, author: 'Anonymous' });
const create = (id: string) => fetch(at(''), asAdmin('POST', quote(id)));

describe('quotes', () => {
  it('can be added, read, replaced and deleted', async () => {
    const created = await fetch(
      at(''),
      asAdmin('POST', { id: 'one', text: ' Cogito,  ergo sum. ', author: 'Descartes', language: 'la' }),
    );
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/quotes/one');
    const first = await created.json();
    expect(first).toMatchObject({ id: 'one', text: 'Cogito,  ergo sum.', author: 'Descartes', language: 'la' });
    expect(created.headers.get('etag')).toBe(`"${first.revision}"`);
    expect(await (await fetch(at('/one'))).json()).toEqual(first);
    const replaced = await fetch(at('/one'), asAdmin('PUT', { text: 'Je pense', author: 'Descartes' }));
    expect(replaced.status).toBe(200);
    const second = await replaced.json();
    expect(second.createdAt).toBe(first.createdAt);
    expect(second.language).toBeUndefined();
    expect((await fetch(at('/one'), asAdmin('DELETE'))).status).toBe(204);
    expect((await fetch(at('/one'))).status).toBe(404);
    expect((await fetch(at('/one'), asAdmin('DELETE'))).status).toBe(404);
  });

  it('get an id when they bring none', async () => {
    const created = await (await fetch(at(''), asAdmin('POST', { text: 'x', author: 'y' }))).json();
    expect(created.id).toMatch(/^[0-9a-z-]+$/);
    expect((await fetch(at(`/${created.id}`))).status).toBe(200);
  });

  it('are kept in the composed form, whichever one is sent', async () => {
    for (const text of ['été', '한국', 'Å', '\u2126']) {
      const sent = { text: text.normalize('NFD'), author: 'y' };
      const stored = await (await fetch(at(''), asAdmin('POST', sent))).json();
      expect(stored.text).toBe(text.normalize('NFC'));
    }
  });

  it('keep their id to themselves', async () => {
    await create('taken');
    const conflict = await create('taken');
    expect(conflict.status).toBe(409);
    expect((await conflict.json()).detail).toContain("'taken'");
    const renamed = await fetch(at('/taken'), asAdmin('PUT', quote('other')));
    expect(renamed.status).toBe(422);
    expect((await fetch(at('/nobody'), asAdmin('PUT', { text: 'x', author: 'y' }))).status).toBe(404);
  });

  it('are replaced only in the revision that If-Match names', async () => {
    const { revision } = await (await create('matched')).json();
    const body = { text: 'x', author: 'y' };
    const replace = (match: string) => fetch(at('/matched'), asAdmin('PUT', body, { 'If-Match': match }));
    expect((await replace(`"${revision}"`)).status).toBe(200);
    expect((await replace(`"${revision}"`)).status).toBe(412);
    expect((await replace('*')).status).toBe(200);
  });

  it('match If-Match strongly and against each tag of its list', async () => {
    const { revision } = await (await create('listed')).json();
    const replace = (match: string) =>
      fetch(at('/listed'), asAdmin('PUT', { text: 'x', author: 'y' }, { 'If-Match': match }));
    expect((await replace(`W/"${revision}"`)).status).toBe(412);
    expect((await replace(revision)).status).toBe(412);
    expect((await replace(`"other", "${revision}"`)).status).toBe(200);
  });

  it('are not overwritten where If-None-Match names what is there', async () => {
    const { revision } = await (await create('unmatched')).json();
    const replace = (match: string) =>
      fetch(at('/unmatched'), asAdmin('PUT', { text: 'x', author: 'y' }, { 'If-None-Match': match }));
    expect((await replace('*')).status).toBe(412);
    expect((await replace(`W/"${revision}"`)).status).toBe(412);
    expect((await replace('"000000000000"')).status).toBe(200);
  });

  it.each([
    ['nothing that can be seen', '\u200b \u00ad\u0301'],
    ['a control character of eight bits', 'a\u0085b'],
    ['what is no character', 'a\uffff'],
  ])('do not consist of %s', async (_, words) => {
    const response = await fetch(at(''), asAdmin('POST', { text: words, author: 'y' }));
    expect(response.status).toBe(400);
    expect((await response.json()).errors).toMatchObject([
      { name: '/text', message: expect.stringMatching(/^must not/) },
    ]);
  });

  it('are deleted only in the revision that If-Match names', async () => {
    const { revision } = await (await create('kept')).json();
    const remove = (match: string) => fetch(at('/kept'), asAdmin('DELETE', undefined, { 'If-Match': match }));
    expect((await remove('"000000000000"')).status).toBe(412);
    expect((await fetch(at('/kept'))).status).toBe(200);
    expect((await remove(`"${revision}"`)).status).toBe(204);
    expect((await remove(`"${revision}"`)).status).toBe(404);
  });

  it('refuse the id under which they could never be read', async () => {
    const response = await create('random');
    expect(response.status).toBe(400);
    expect((await response.json()).errors[0].message).toBe("must not be 'random', which leads to a quote by chance");
  });

  it('are written with the admin key only', async () => {
    const requests = [
      fetch(at(''), { method: 'POST' }),
      fetch(at('/a'), { method: 'PUT' }),
      fetch(at('/a'), { method: 'DELETE' }),
    ];
    expect((await Promise.all(requests)).map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  it('are listed page by page, each once', async () => {
    await Promise.all(['p1', 'p2', 'p3'].map(create));
    const seen: string[] = [];
    for (let next: string | null = ''; next !== null; ) {
      const query: string = next === '' ? '?limit=2' : `?limit=2&cursor=${next}`;
      const page = await (await fetch(at(query))).json();
      seen.push(...page.items.map((item: { id: string }) => item.id));
      next = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['p1', 'p2', 'p3']));
  });

  it('refuse a page that cannot be', async () => {
    for (const query of [
      '?limit=0',
      '?limit=101',
      '?limit=x',
      '?cursor=!',
      '?cursor=aGk_aGk',
      '?offset=1',
      '?limit=1&limit=2',
    ]) {
      expect((await fetch(at(query))).status, query).toBe(400);
    }
  });

  it('answer 304 to who has the same quote or the same page', async () => {
    await create('cached');
    for (const path of ['/cached', '?limit=1']) {
      const etag = (await fetch(at(path))).headers.get('etag') ?? '';
      const headers = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
      expect((await fetch(at(path), { headers })).status).toBe(304);
    }
  });

  it('come by chance too, and are not kept by anybody then', async () => {
    await create('chance');
    const response = await fetch(at('/random'));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect((await response.json()).id).toBeTypeOf('string');
  });

  it('refuse every fault of a body at once', async () => {
    const bad = { id: '../etc', text: '', author: 7, language: 'français', extra: 1 };
    const problem = await (await fetch(at(''), asAdmin('POST', bad))).json();
    expect(problem.errors.map(({ name }: { name: string }) => name).sort()).toEqual([
      '/author',
      '/extra',
      '/id',
      '/language',
      '/text',
    ]);
  });

  it('refuse text that no person writes', async () => {
    for (const text of ['a\u0000b', 'tab\u001b[31m', '\ud800', '   ', 'x'.repeat(2001)]) {
      expect((await fetch(at(''), asAdmin('POST', { text, author: 'y' }))).status).toBe(400);
    }
  });
});

describe('quotes that are none yet', () => {
  it('are an empty page and no random quote', async () => {
    const empty = await runApp({ service: 'quotes' });
    expect(await (await fetch(`${empty.url}/quotes`)).json()).toEqual({ items: [], next: null });
    expect((await fetch(`${empty.url}/quotes/random`)).status).toBe(404);
    await empty.stop();
  });
});

describe('a request that its client repeats', () => {
  const post = (body: object, key?: string) =>
    fetch(at(''), asAdmin('POST', body, key === undefined ? {} : { 'Idempotency-Key': key }));
  const body = { text: 'Once is enough', author: 'A proverb' };

  it('adds one quote, and gets the answer of the first time again', async () => {
    const first = await post(body, '"a-key-of-mine"');
    const again = await post(body, '"a-key-of-mine"');
    expect([first.status, again.status]).toEqual([201, 201]);
    for (const name of ['etag', 'location']) expect(again.headers.get(name)).toBe(first.headers.get(name));
    const stored = await first.json();
    expect(await again.json()).toEqual(stored);
    const bare = await post(body, 'a-key-of-mine');
    expect((await bare.json()).id).toBe(stored.id);
  });

  it('gets the first answer even when the quote is gone meanwhile', async () => {
    const first = await (await post(body, '"gone"')).json();
    await fetch(at(`/${first.id}`), asAdmin('DELETE'));
    expect((await (await post(body, '"gone"')).json()).id).toBe(first.id);
    expect((await fetch(at(`/${first.id}`))).status).toBe(404);
  });

  it('is refused with 422 when it is another request under the same key', async () => {
    await post(body, '"one-key"');
    const other = await post({ ...body, author: 'Somebody else' }, '"one-key"');
    expect(other.status).toBe(422);
    expect(other.headers.get('content-type')).toContain('application/problem+json');
    expect((await other.json()).errors).toEqual([
      { in: 'header', name: 'Idempotency-Key', message: 'was used with another body' },
    ]);
  });

  it('is refused with 409 while the first one is under way', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => post(body, '"at-once"')));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(201);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    const made = await Promise.all(answers.filter(({ status }) => status === 201).map((answer) => answer.json()));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('is refused with 400 when its key cannot be read', async () => {
    for (const key of ['""', '"unclosed', 'two words', '"x'.padEnd(300, 'x')]) {
      const refused = await post(body, key);
      expect(refused.status).toBe(400);
      expect((await refused.json()).errors[0].name).toBe('Idempotency-Key');
    }
  });

  it('adds a quote each time without a key', async () => {
    const [one, two] = await Promise.all([(await post(body)).json(), (await post(body)).json()]);
    expect(one.id).not.toBe(two.id);
  });
});
