import { describe, expect, it } from 'vitest';
import { HTML, useFront } from './front.fixture.ts';
import { en } from './messages/en.ts';
import { fr } from './messages/fr.ts';

const front = useFront();
const { page } = front;
const inFrench = { ...HTML, 'accept-language': 'fr-CA, en;q=0.5' };

describe('the language of the pages', () => {
  it.each([
    ['fr-CA, en;q=0.5', 'fr'],
    ['en-US', 'en'],
    ['de, fr;q=0.2', 'fr'],
    ['de', 'en'],
    ['*', 'en'],
    ['fr;q=0', 'en'],
    [';;', 'en'],
  ])('for a browser that prefers %s is %s', async (preferred, language) => {
    const { html, response } = await page('/', { headers: { ...HTML, 'accept-language': preferred } });
    expect(html).toContain(`<html lang="${language}" dir="ltr">`);
    expect(response.headers.get('vary')).toContain('Accept-Language');
  });

  it('is what was chosen, whatever the browser prefers, and the switch leads back', async () => {
    const form = { language: 'en', back: '/find?keyword=a+b' };
    const { response } = await page('/language', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: inFrench,
    });
    expect(response.headers.get('location')).toBe('/find?keyword=a+b');
    const [cookie = ''] = (response.headers.getSetCookie()[0] ?? '').split(';');
    expect((await page('/', { headers: { ...inFrench, cookie } })).html).toContain('<html lang="en"');
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'evil', '/a\r\nSet-Cookie: x=y'])(
    'leads home in place of %j',
    async (back) => {
      const body = new URLSearchParams({ language: 'fr', back });
      expect((await page('/language', { method: 'POST', body })).response.headers.get('location')).toBe('/');
    },
  );

  it('stays as it is for a language that nobody wrote', async () => {
    const { response } = await page('/language', { method: 'POST', body: new URLSearchParams({ language: 'xx' }) });
    expect([response.status, response.headers.getSetCookie()]).toEqual([303, []]);
  });
});

describe('the pages in French', () => {
  it.each(['/', '/browse', '/find?keyword=coeur', '/find', '/browse/new', '/session', '/nowhere', '/docs'])(
    'have no English words left: %s',
    async (path) => {
      const { html } = await page(path, { headers: inFrench });
      const own = html.replace(/<(\w+)[^>]* lang="en"[^>]*>.*?<\/\1>/gs, '').replace(/<button[^>]*>English/, '');
      for (const words of stringsOf(en).filter((text) => !stringsOf(fr).includes(text)))
        expect(own).not.toContain(`>${words}<`);
      expect(html).toContain('Ajouter une citation');
    },
  );

  it('say in French what a service says of a field', async () => {
    const errors = [
      { name: '/text', message: 'must not be empty' },
      { name: '/author', message: 'must have at most 200 characters' },
    ];
    front.stub.answers(({ method }) =>
      method === 'POST' ? { status: 400, body: { errors } } : { body: { name: 'ada' } },
    );
    const body = new URLSearchParams({ key: 'right' });
    const { html } = await page('/browse/new', { method: 'POST', body, headers: inFrench });
    expect(html).toContain('ne peut pas rester vide');
    expect(html).toContain('compte plus de 200 caractères');
  });

  it('say which service is down', async () => {
    front.stub.answers(() => 'reset');
    expect((await page('/browse', { headers: inFrench })).html).toContain('Le service quotes est injoignable.');
  });

  it('never part a sign from its word, nor use the apostrophe of typewriters', () => {
    for (const text of stringsOf(fr)) {
      expect(text).not.toMatch(/ [?!;:»]|« |'/);
    }
  });
});

/** Every plain message. */
function stringsOf(messages: object): string[] {
  return Object.values(messages).flatMap((value: unknown) => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? stringsOf(value) : [];
  });
}
