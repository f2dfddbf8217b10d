import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlatformUnderTest, startPlatform } from '../test/platform-under-test.ts';
import { requireProgram } from '../test/requires.ts';
import { launchChromium } from './chromium.ts';

const program = requireProgram('chromium');

/** Brings a page into the state that is judged. */
type Prepare = (page: Page) => Promise<void>;

/** The words do not depend on the colours: each scheme is judged in one of the languages. */
const LOCALES = { light: 'en', dark: 'fr' } as const;

/** Every page, and every state of it that a person may see. */
const PATHS = [
  '/',
  '/browse',
  '/browse?done=removed',
  '/browse?author=Blaise+Pascal&language=fr',
  '/browse?author=zzzz',
  '/browse/new',
  '/browse/quote/pascal-coeur?done=added',
  '/browse/quote/pascal-coeur/remove',
  '/session',
  '/find',
  '/find?keyword=the',
  '/find?keyword=zzzz',
  '/docs',
  '/nowhere',
];

describe.skipIf(program === undefined)('accessibility by axe', () => {
  let platform: PlatformUnderTest;
  let browser: Browser;

  beforeAll(async () => {
    platform = await startPlatform();
    browser = await launchChromium(program ?? '');
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  });

  async function violations(path: string, colorScheme: 'light' | 'dark', prepare?: Prepare): Promise<string[]> {
    const context = await browser.newContext({
      baseURL: platform.front.url,
      colorScheme,
      reducedMotion: 'reduce',
      locale: LOCALES[colorScheme],
    });
    const page = await context.newPage();
    await page.goto(path);
    await prepare?.(page);
    const results = await new AxeBuilder({ page }).analyze();
    await context.close();
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  }

  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    it.each(PATHS)('finds nothing wrong with %s', async (path) => {
      expect(await violations(path, colorScheme)).toEqual([]);
    });

    it('finds nothing wrong with an opened endpoint', async () => {
      const openAll: Prepare = (page) =>
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect(await violations('/docs', colorScheme, openAll)).toEqual([]);
    });

    it('finds nothing wrong with an endpoint that was tried', async () => {
      const tryIt: Prepare = async (page) => {
        await page.locator('#search-get-search summary').click();
        await page.locator('#search-get-search button').click();
        await page.locator('#search-get-search-answer').waitFor();
      };
      expect(await violations('/docs', colorScheme, tryIt)).toEqual([]);
    });

    it('finds nothing wrong with a refused form', async () => {
      const refuse: Prepare = async (page) => {
        await page.locator('#text').fill('Words.');
        await page.locator('#author').fill('Somebody');
        await page.locator('#key').fill('wrong');
        await page.locator('main button').click();
        await page.locator('#key-problem').waitFor();
      };
      expect(await violations('/browse/new', colorScheme, refuse)).toEqual([]);
    });
  });
});
