import { FRONT_PATHS } from '../../../contract.ts';

/** The word after FRONT_PATHS.browse that is the form for a new quote; quote ids never clash, for pages of quotes have a prefix. */
const NEW = 'new';
const QUOTE = 'quote';
const REMOVE = 'remove';

/** Patterns of the routes; the functions below are their inverse. */
export const ROUTES = {
  home: FRONT_PATHS.home,
  browse: FRONT_PATHS.browse,
  find: FRONT_PATHS.find,
  docs: FRONT_PATHS.docs,
  asset: `${FRONT_PATHS.assets}/:name`,
  add: `${FRONT_PATHS.browse}/${NEW}`,
  quote: `${FRONT_PATHS.browse}/${QUOTE}/:id`,
  remove: `${FRONT_PATHS.browse}/${QUOTE}/:id/${REMOVE}`,
} as const;

export function quoteLink(id: string): string {
  return `${FRONT_PATHS.browse}/${QUOTE}/${encodeURIComponent(id)}`;
}

export function removeLink(id: string): string {
  return `${quoteLink(id)}/${REMOVE}`;
}

/** Address of a page of the list; without a cursor, of its beginning. */
export function browseLink(cursor?: string): string {
  return cursor === undefined ? ROUTES.browse : `${ROUTES.browse}?after=${encodeURIComponent(cursor)}`;
}

export function findLink(keyword: string): string {
  return `${ROUTES.find}?keyword=${encodeURIComponent(keyword)}`;
}
