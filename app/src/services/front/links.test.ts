import { describe, expect, it } from 'vitest';
import { API_PREFIXES, FRONT_PATHS } from '../../../contract.ts';
import { browseLink, findLink, quoteLink, ROUTES, removeLink } from './links.ts';

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
    expect(browseLink('x&y')).toBe('/browse?after=x%26y');
    expect(browseLink()).toBe('/browse');
    expect(findLink('l’été')).toBe(`/find?keyword=${encodeURIComponent('l’été')}`);
  });
});
