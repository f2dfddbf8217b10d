import { FRONT_PATHS } from '../../../contract.ts';

/** The word after FRONT_PATHS.browse that is the form for a new quote; quote ids never clash, for pages of quotes have a prefix. */
const NEW = 'new';
const QUOTE = 'quote';
const REMOVE = 'remove';
const EDIT = 'edit';

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
  edit: `${FRONT_PATHS.browse}/${QUOTE}/:id/${EDIT}`,
  session: FRONT_PATHS.session,
  signOut: `${FRONT_PATHS.session}/end`,
  language: FRONT_PATHS.language,
} as const;

export function quoteLink(id: string): string {
  return `${FRONT_PATHS.browse}/${QUOTE}/${encodeURIComponent(id)}`;
}

export function removeLink(id: string): string {
  return `${quoteLink(id)}/${REMOVE}`;
}

export function editLink(id: string): string {
  return `${quoteLink(id)}/${EDIT}`;
}

export interface Filter {
  /** @default - any */
  readonly author?: string | undefined;
  /** @default - any */
  readonly language?: string | undefined;
}

/** A page of the list: where it begins, and where the pages before it began (`-` stands for the beginning of the list). */
export interface PageAddress extends Filter {
  readonly after?: string | undefined;
  readonly trail: readonly string[];
}

/** Pages that lead back one by one; before those there is the way to the beginning. */
const LONGEST_TRAIL = 10;

export function browseLink({ author, language, after, trail }: PageAddress = { trail: [] }): string {
  const query = new URLSearchParams();
  if (author !== undefined) query.set('author', author);
  if (language !== undefined) query.set('language', language);
  if (after !== undefined) query.set('after', after);
  if (after !== undefined && trail.length > 0) query.set('trail', trail.join('.'));
  return query.size === 0 ? ROUTES.browse : `${ROUTES.browse}?${query}`;
}

export function nextPage({ after = '-', trail, ...filter }: PageAddress, next: string): PageAddress {
  return { ...filter, after: next, trail: [...trail, after].slice(-LONGEST_TRAIL) };
}

export function previousPage({ trail, after: _, ...filter }: PageAddress): PageAddress | undefined {
  const last = trail.at(-1);
  if (last === undefined) return undefined;
  return last === '-' ? { ...filter, trail: [] } : { ...filter, after: last, trail: trail.slice(0, -1) };
}
