import type { ComponentChildren } from 'preact';
import { ROUTES } from '../links.ts';
import type { Site } from '../site.ts';
import { Notice, type NoticeText } from './notice.tsx';

/** What every page tells about itself. */
export interface PageHead {
  /** Own title of the page; the home page has none. */
  readonly title?: string;
  /** One sentence for search engines and previews. */
  readonly description: string;
  /** Path of the page, for the navigation and the canonical address. */
  readonly path: string;
  /** Pages that only make sense for this visitor are kept out of search engines. @default true */
  readonly indexed?: boolean;
}

export interface LayoutProps {
  readonly site: Site;
  readonly head: PageHead;
  /** Outcome of what the person just did. @default - none */
  readonly notice?: NoticeText | undefined;
  readonly children: ComponentChildren;
}

const NAVIGATION = [
  [ROUTES.browse, 'Browse'],
  [ROUTES.find, 'Search'],
  [ROUTES.add, 'Add a quote'],
  [ROUTES.docs, 'API'],
] as const;

/** The frame of every page: head, navigation, what the page says, foot. */
export function Layout({ site, head, notice, children }: LayoutProps) {
  return (
    <html lang="en">
      <Head site={site} head={head} />
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="head">
          <div class="wrap">
            <a class="mark" href={ROUTES.home} aria-current={head.path === ROUTES.home ? 'page' : undefined}>
              {site.title}
              <span>.</span>
              {site.environment !== 'production' && <small class="stage">{site.environment}</small>}
            </a>
            <nav class="nav" aria-label="Main">
              {NAVIGATION.map(([path, label]) => (
                <a key={path} href={path} aria-current={head.path === path ? 'page' : undefined}>
                  {label}
                </a>
              ))}
            </nav>
          </div>
        </header>
        <main id="main" class="wrap" tabIndex={-1}>
          {notice && <Notice {...notice} />}
          {children}
        </main>
        <footer class="foot">
          <div class="wrap">
            <p>
              {site.title} – {site.environment}, version {site.version}
            </p>
            <p>Set in EB Garamond</p>
          </div>
        </footer>
      </body>
    </html>
  );
}

function Head({ site, head }: Pick<LayoutProps, 'site' | 'head'>) {
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
