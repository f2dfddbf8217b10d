import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { HttpProblem } from '../../http/problem.ts';
import type { HttpContext } from '../../http/route.ts';
import type { Session } from '../../stores/session-store.ts';
import type { AssetName } from './assets.ts';
import { en, type Messages } from './messages/en.ts';
import { fr } from './messages/fr.ts';

/** The languages of the pages; the compiler sees to it that each has every message. */
export const LANGUAGES = { en, fr } as const satisfies Record<string, Messages>;
export type Language = keyof typeof LANGUAGES;
const CODES = Object.keys(LANGUAGES) as readonly Language[];

/** What is the same on every page. */
export interface Site {
  readonly title: string;
  readonly environment: string;
  readonly version: string;
  /** The address that people see, without a slash at the end; canonical links and examples use it. @default - no canonical link */
  readonly publicUrl?: string;
  /** Address of a file of the assets folder. */
  readonly asset: (name: AssetName) => string;
}

/** For whom a page is made. */
export interface View {
  readonly site: Site;
  readonly language: Language;
  readonly t: Messages;
  /** Path and query of the page: where the switch of languages and a sign-in lead back to. */
  readonly here: string;
  /** @default - not signed in */
  readonly session?: Session | undefined;
}

/** Gives a page and all its parts the view; see sendPage. */
export const ViewContext = createContext<View | undefined>(undefined);

export function useView(): View {
  const view = useContext(ViewContext);
  if (view === undefined) throw new Error('a part of a page is rendered outside of one; use sendPage');
  return view;
}

const LANGUAGE_COOKIE = 'language';

export function isLanguage(text: string | undefined): text is Language {
  return CODES.some((code) => code === text);
}

/** What the visitor chose, else what the browser prefers, else English. */
export function languageOf(ctx: HttpContext): Language {
  const chosen = ctx.cookies.get(LANGUAGE_COOKIE);
  if (isLanguage(chosen)) return chosen;
  const preferred = ctx.acceptsLanguages([...CODES]) || 'en';
  return isLanguage(preferred) ? preferred : 'en';
}

const A_YEAR_MS = 365 * 86_400_000;

export function chooseLanguage(ctx: HttpContext, language: Language): void {
  ctx.cookies.set(LANGUAGE_COOKIE, language, { maxAge: A_YEAR_MS, sameSite: 'lax' });
}

/** A path of this site, to which a form may lead back; anything else leads home. */
export function wayBack(path: string): string {
  return /^\/(?![/\\])[\x21-\x7e]*$/.test(path) ? path : '/';
}

/** A problem in the words of the page's own language. */
export class PageProblem extends HttpProblem {}

/** @throws PageProblem 403 where a form was sent from another site: browsers say so, other clients have no cookie to abuse */
export function requireOwnForm(ctx: HttpContext, { site }: Pick<View, 'site'>): void {
  const { 'sec-fetch-site': from, origin } = ctx.req.headers;
  const own = [ctx.host, site.publicUrl && new URL(site.publicUrl).host];
  const isOwn =
    typeof from === 'string'
      ? from === 'same-origin' || from === 'none'
      : origin === undefined || (URL.canParse(origin) && own.includes(new URL(origin).host));
  if (!isOwn) throw new PageProblem(403);
}
