import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/eventually.ts';
import { type PlatformUnderTest, startPlatform } from '../test/platform-under-test.ts';
import { requireProgram } from '../test/requires.ts';
import { ADMIN_KEY } from '../test/run-app.ts';
import { launchChromium } from './chromium.ts';

const program = requireProgram('chromium');

describe.skipIf(program === undefined)('the front in a real browser', () => {
  let platform: PlatformUnderTest;
  let browser: Browser;
  const complaints: string[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    browser = await launchChromium(program ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  afterEach(() => {
    expect(complaints.splice(0)).toEqual([]);
  });

  /** A page that writes down whatever the browser complains about, and any request that leaves the front. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ baseURL: platform.front.url, ...options });
    const page = await context.newPage();
    page.on('console', (message) => {
      // A page that answers 4xx or 5xx on purpose is told by its own test.
      if (message.type() === 'error' && !message.text().includes('the server responded with a status'))
        complaints.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(platform.front.url)) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(path);
    return page;
  }

  async function addQuote(page: Page, text: string, key = ADMIN_KEY): Promise<void> {
    await page.goto('/browse/new');
    await page.getByLabel('The words').fill(text);
    await page.getByLabel('Who wrote or said them').fill('A Test');
    if ((await page.getByLabel('Admin key').count()) > 0) await page.getByLabel('Admin key').fill(key);
    await page.getByRole('button', { name: 'Add the quote' }).click();
  }

  const texts = (page: Page) => page.getByRole('listitem').locator('blockquote').allInnerTexts();

  it('finds a quote without its accents, from the home page', async () => {
    const page = await open('/');
    expect(await page.title()).toBe('Quotes – dev');
    await page.getByRole('searchbox').fill('coeur raisons');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(new URL(page.url()).searchParams.get('keyword')).toBe('coeur raisons');
    expect((await texts(page))[0]).toContain('Le cœur a ses raisons');
    expect(await page.locator('mark').allInnerTexts()).toContain('cœur');
  });

  it('shows all services well', async () => {
    const page = await open('/');
    const lines = await page.locator('.health li').allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual(
      ['front', 'users', 'quotes', 'search'].map((name) => expect.stringMatching(`^${name} well, version `)),
    );
  });

  it('walks through all quotes, a page at a time, and meets none twice', async () => {
    const page = await open('/browse');
    const seen: string[] = [];
    for (;;) {
      seen.push(...(await texts(page)));
      const next = page.getByRole('link', { name: 'Next page' });
      if ((await next.count()) === 0) break;
      await next.click();
    }
    expect(seen.length).toBeGreaterThanOrEqual(60);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('adds a quote, finds it within a second or so, and removes it', async () => {
    const page = await open('/');
    await addQuote(page, 'A heron stands where the river forgets itself.');
    await expectNotice(page, 'The quote has been added.');
    await eventually(async () => {
      await page.goto('/find?keyword=heron');
      expect(await texts(page)).toEqual(['A heron stands where the river forgets itself.']);
    });
    await page.getByRole('link', { name: /A heron stands/ }).click();
    await page.getByRole('link', { name: 'Remove' }).click();
    expect(await page.getByLabel('Admin key').count()).toBe(0);
    await page.getByRole('button', { name: 'Remove it for good' }).click();
    await expectNotice(page, 'The quote has been removed.');
    await eventually(async () => {
      await page.goto('/find?keyword=heron');
      expect(await page.getByText('Nothing found for “heron”').count()).toBe(1);
    });
  });

  it('keeps what was typed when the key is wrong, and forgets the key', async () => {
    const page = await open('/');
    await addQuote(page, 'Nearly added.', 'not-the-key');
    expect(await page.getByLabel('The words').inputValue()).toBe('Nearly added.');
    expect(await page.getByLabel('Admin key').inputValue()).toBe('');
    expect(await page.getByLabel('Admin key').getAttribute('aria-invalid')).toBe('true');
    expect(await page.content()).not.toContain('not-the-key');
  });

  it('signs in once, then asks for no key, and signs out', async () => {
    const page = await open('/session');
    await page.getByLabel('Admin key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('You are signed in as admin').waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'session', httpOnly: true, sameSite: 'Lax', expires: -1 });
    await page.goto('/browse/quote/pascal-coeur/edit');
    expect(await page.getByLabel('Admin key').count()).toBe(0);
    await page.getByRole('button', { name: 'Save the changes' }).click();
    await expectNotice(page, 'The quote has been changed.');
    await page.getByRole('link', { name: 'Signed in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expectNotice(page, 'You are signed out.');
    expect(await page.context().cookies()).toEqual([]);
  });

  it('speaks the language of the browser, and the one that was chosen', async () => {
    const page = await open('/browse', { locale: 'fr-FR' });
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await page.getByRole('link', { name: 'Page suivante' }).click();
    const address = page.url();
    await page.getByRole('button', { name: 'English' }).click();
    expect(page.url()).toBe(address);
    expect(await page.getByRole('link', { name: 'Previous page' }).count()).toBe(1);
    await page.goto('/');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
  });

  it('does all of it without JavaScript', async () => {
    const page = await open('/', { javaScriptEnabled: false });
    await addQuote(page, 'Nothing moves but the page.');
    await expectNotice(page, 'The quote has been added.');
    await page.getByRole('link', { name: 'Remove' }).click();
    expect(await page.getByLabel('Admin key').count()).toBe(0);
    await page.getByRole('button', { name: 'Remove it for good' }).click();
    await expectNotice(page, 'The quote has been removed.');
    await page.goto('/find?keyword=jardin');
    expect(await texts(page)).toContain('Il faut cultiver notre jardin.');
    await page.goto('/docs');
    await page.locator('#quotes ~ details summary').first().click();
    expect(await page.locator('details[open] h3').first().isVisible()).toBe(true);
  });

  it('can be used by keyboard alone', async () => {
    const page = await open('/browse');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    for (const field of ['author', 'language']) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.id')).toBe(field);
    }
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Show');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/browse/quote/*');
    const names: string[] = [];
    for (let stop = 0; stop < 12; stop++) {
      await page.keyboard.press('Tab');
      names.push(await focused(page));
    }
    expect(names).toEqual([
      'Skip to the content',
      'Quotes.dev',
      'Browse',
      'Search',
      'Add a quote',
      'API',
      'Sign in',
      'All the quotes',
      'More of this author',
      'A random one',
      'Edit',
      'Remove',
    ]);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  it('searches with the Enter key', async () => {
    const page = await open('/find');
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('multitudes');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/find?keyword=multitudes');
    expect(await texts(page)).toEqual(['I am large, I contain multitudes.']);
  });

  it.each(['/', '/browse', '/find?keyword=the', '/browse/new', '/docs', '/browse/quote/pascal-coeur/remove'])(
    'fits a narrow screen without scrolling sideways, in the longer language: %s',
    async (path) => {
      const page = await open(path, { viewport: { width: 320, height: 640 }, locale: 'fr' });
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
    },
  );

  it('stays of use while a service is down, and says which', async () => {
    const broken = await startPlatform();
    await broken.search.stop();
    const context = await browser.newContext({ baseURL: broken.front.url });
    const page = await context.newPage();
    try {
      await page.goto('/');
      const line = page.locator('.health li', { hasText: 'search' });
      expect(await line.innerText()).toContain('cannot be reached');
      expect(await page.locator('.hero blockquote').count()).toBe(1);
      await page.goto('/find?keyword=coeur');
      expect(await page.getByRole('alert').innerText()).toContain('The search service');
      expect(await page.getByRole('searchbox').inputValue()).toBe('coeur');
      await page.goto('/docs');
      expect(await page.locator('#quotes ~ details').count()).toBeGreaterThan(0);
      await broken.quotes.stop();
      await page.goto('/browse');
      expect(await page.getByRole('alert').innerText()).toContain('The quotes service');
    } finally {
      await context.close();
      await broken.stop();
    }
  });

  async function expectNotice(page: Page, text: string): Promise<void> {
    expect(await page.getByRole('status').innerText()).toContain(text);
  }

  async function focused(page: Page): Promise<string> {
    return (await page.locator(':focus').innerText()).trim();
  }
});
