import { describe, expect, it } from 'vitest';
import { API_PREFIXES, FRONT_PATHS } from '../../../contract.ts';
import { browseLink, nextPage, type PageAddress, previousPage, quoteLink, ROUTES, removeLink } from './links.ts';

describe('addresses of the pages', () => {
  it('all lie below the paths of the contract, and none below an API', () => {
    const { home, ...folders } = FRONT_PATHS;
    for (const path of Object.values(ROUTES)) {
      expect(
        path === home || Object.values(folders).some((folder) => path === folder || path.startsWith(`${folder}/`)),
      ).toBe(true);
      expect(Object.values(API_PREFIXES).some((prefix) => path.startsWith(prefix))).toBe(false);
    }
  });

  it('escape what they carry', () => {
    expect(quoteLink('a/b?c')).toBe('/browse/quote/a%2Fb%3Fc');
    expect(removeLink('a b')).toBe('/browse/quote/a%20b/remove');
    expect(browseLink({ after: 'x&y', trail: [] })).toBe('/browse?after=x%26y');
    expect(browseLink()).toBe('/browse');
  });
});

describe('the pages of the list', () => {
  it('lead on and back again, page by page', () => {
    const first = { trail: [] };
    const second = nextPage(first, 'b');
    const third = nextPage(second, 'c');
    expect(browseLink(first)).toBe('/browse');
    expect(browseLink(second)).toBe('/browse?after=b&trail=-');
    expect(browseLink(third)).toBe('/browse?after=c&trail=-.b');
    expect(previousPage(third)).toEqual(second);
    expect(previousPage(second)).toEqual(first);
    expect(previousPage(first)).toBeUndefined();
  });

  it('remember only so many', () => {
    let here: PageAddress = { trail: [] };
    for (let page = 0; page < 50; page++) here = nextPage(here, `c${page}`);
    expect(here.trail).toHaveLength(10);
  });
});
