import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { HttpContext } from '../../http/route.ts';
import { ROUTES } from './links.ts';
import { RETRY_AFTER_S } from './outages.ts';
import { LANGUAGES, type Language, useView, type View, ViewContext } from './view.ts';

export interface PageHead {
  /** Own title of the page; the home page has none. */
  readonly title?: string;
  readonly description: string;
  /** Path of the page, for the navigation and the canonical address. */
  readonly path: string;
  /** Pages that only make sense for this visitor are kept out of search engines. @default true */
  readonly indexed?: boolean;
}

/** A message about what just happened, or about what is missing. */
export interface NoticeText {
  readonly kind: 'good' | 'bad' | 'plain';
  readonly text: string;
  /** What the person can do about it. @default - nothing to do */
  readonly advice?: string;
}

export interface LayoutProps {
  readonly head: PageHead;
  /** Outcome of what the person just did. @default - none */
  readonly notice?: NoticeText | undefined;
  readonly children: ComponentChildren;
}

export function Layout({ head, notice, children }: LayoutProps) {
  const { site, t, language } = useView();
  return (
    <html lang={language} dir="ltr">
      <Head head={head} />
      <body>
        <a class="skip" href="#main">
          {t.skip}
        </a>
        <header class="head">
          <div class="wrap">
            <a class="mark" href={ROUTES.home} aria-current={head.path === ROUTES.home ? 'page' : undefined}>
              {site.title}
              <span>.</span>
              {site.environment !== 'production' && <small class="stage">{site.environment}</small>}
            </a>
            <Navigation path={head.path} />
          </div>
        </header>
        <main id="main" class="wrap" tabIndex={-1}>
          {notice && <Notice {...notice} />}
          {children}
        </main>
        <footer class="foot">
          <div class="wrap">
            <p>{t.foot(site.title, site.environment, site.version)}</p>
            <LanguageSwitch />
            <p>{t.typeface}</p>
          </div>
        </footer>
      </body>
    </html>
  );
}

function Navigation({ path }: Pick<PageHead, 'path'>) {
  const { navigation } = useView().t;
  const session = useView().session;
  const links = [
    [ROUTES.browse, navigation.browse],
    [ROUTES.find, navigation.find],
    [ROUTES.add, navigation.add],
    [ROUTES.docs, navigation.docs],
    [ROUTES.session, session === undefined ? navigation.signIn : navigation.signedIn],
  ] as const;
  return (
    <nav class="nav" aria-label={navigation.label}>
      {links.map(([to, label]) => (
        <a key={to} href={to} aria-current={path === to ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
}

/** A button for each other language; it leads back to this page. */
function LanguageSwitch() {
  const { language, here } = useView();
  const others = (Object.keys(LANGUAGES) as Language[]).filter((code) => code !== language);
  return (
    <form action={ROUTES.language} method="post">
      <input type="hidden" name="back" value={here} />
      {others.map((code) => (
        <button key={code} class="link" type="submit" name="language" value={code} lang={code}>
          {LANGUAGES[code].name}
        </button>
      ))}
    </form>
  );
}

function Head({ head }: Pick<LayoutProps, 'head'>) {
  const { site } = useView();
  const name = `${site.title} – ${site.environment}`;
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{head.title === undefined ? name : `${head.title} · ${name}`}</title>
      <meta name="description" content={head.description} />
      {head.indexed === false && <meta name="robots" content="noindex" />}
      <meta name="theme-color" content="#faf7f2" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#171513" media="(prefers-color-scheme: dark)" />
      {site.publicUrl && <link rel="canonical" href={`${site.publicUrl}${head.path}`} />}
      <link rel="preload" href={site.asset('eb-garamond.woff2')} as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={site.asset('style.css')} />
      <link rel="icon" href={site.asset('icon.svg')} type="image/svg+xml" />
    </head>
  );
}

/** Bad news interrupts a screen reader; good news waits its turn. */
export function Notice({ kind, text, advice }: NoticeText) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      <p>{text}</p>
      {advice && <p class="soft">{advice}</p>}
    </div>
  );
}

const compress = (html: string) => promisify(gzip)(html);

/** Below this many characters a compressed page saves no packet. */
const WORTH_COMPRESSING = 1_400;

/** Answers with a page. A proof beside what an address brought is not compressed: its length would tell who guesses right (BREACH). */
export async function sendPage(ctx: HttpContext, view: View, page: VNode, status = 200): Promise<void> {
  sendPlainPage(ctx, view, page, status);
  const html = String(ctx.body);
  if (view.session !== undefined || html.length < WORTH_COMPRESSING) return;
  if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
  ctx.set('Content-Encoding', 'gzip');
  ctx.body = await compress(html);
  ctx.type = 'html';
}

/**
 * The same without compression, where an answer must be given at once. A page is never reused without asking, for the next one may
 * show other quotes; that of somebody who signed in is not kept at all, so that the way back shows nothing once they have signed out.
 */
export function sendPlainPage(ctx: HttpContext, view: View, page: VNode, status: number): void {
  ctx.status = status;
  ctx.type = 'html';
  if (status === 503 && !ctx.res.hasHeader('Retry-After')) ctx.set('Retry-After', String(RETRY_AFTER_S));
  ctx.vary('Accept, Accept-Encoding, Accept-Language, Cookie');
  ctx.set('Cache-Control', view.session === undefined ? 'private, no-cache' : 'no-store');
  ctx.body = `<!doctype html>${renderToString(<ViewContext.Provider value={view}>{page}</ViewContext.Provider>)}`;
}
