import type { ServiceName } from '../../contract.ts';
import type { HelmetOptions } from '../http/security-headers.ts';
import { READY } from '../runtime/readiness.ts';
import type { ServiceContext, ServiceModule } from '../runtime/service.ts';
import { openReads } from '../stores/connection.ts';
import { SessionStore } from '../stores/session-store.ts';
import { type Asset, assetLink, assetRoute, loadAssets } from './front/assets.ts';
import { healthBoard } from './front/calls/health.ts';
import { QuotesApi } from './front/calls/quotes-api.ts';
import { mutualDispatcher, ServiceClient } from './front/calls/service-client.ts';
import { library } from './front/docs/library.ts';
import { browseRoute } from './front/pages/browse.tsx';
import { docsRoute, tryRoute } from './front/pages/docs.tsx';
import { findRoute } from './front/pages/find.tsx';
import { homeRoute } from './front/pages/home.tsx';
import { quoteRoute } from './front/pages/quote.tsx';
import { addFormRoute, addRoute, editFormRoute, editRoute } from './front/pages/quote-form.tsx';
import { removeFormRoute, removeRoute } from './front/pages/remove.tsx';
import { languageRoute, sessionRoute, signInRoute, signOutRoute } from './front/pages/session.tsx';
import { problemPages } from './front/problem-page.tsx';
import type { Site } from './front/view.ts';
import { type FrontKit, Visits } from './front/visits.ts';

/** The pages that people see. Its readiness depends on nothing: it shows what is down, and without its store nobody is signed in. */
export const front: ServiceModule = {
  message: 'Quotes to browse, search, add and delete',
  start(context) {
    const assets = loadAssets();
    const clients = clientsOf(context);
    const site = siteOf(context, assets);
    const quotes = new QuotesApi(clients);
    const link = openReads(context, 'sessions');
    const sessions = new SessionStore(link);
    const visits = new Visits({ site, sessions, quotes, secure: !context.config.plainHttp });
    const health = healthBoard({ clients: Object.values(clients), own: context.config });
    const chapters = library(Object.values(clients));
    const kit: FrontKit = { site, visits, quotes, health };
    return {
      routes: [
        homeRoute(kit, { config: context.config, message: front.message }),
        docsRoute(kit, chapters),
        tryRoute(kit, chapters),
        assetRoute(assets),
        ...[browseRoute, findRoute, addFormRoute, addRoute, quoteRoute, editFormRoute, editRoute].map((of) => of(kit)),
        ...[removeFormRoute, removeRoute, sessionRoute, signInRoute, signOutRoute, languageRoute].map((of) => of(kit)),
      ],
      readiness: () => READY,
      close: link.close,
      headers: PAGE_HEADERS,
      renderProblem: problemPages(visits),
    };
  },
};

/** Pages load their own style, fonts and icon, send forms to themselves, and run no script at all. */
const PAGE_HEADERS: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'style-src': ["'self'"],
      'font-src': ["'self'"],
      'img-src': ["'self'"],
      // No page connects to anything; tools that judge a page from within it read its robots.txt.
      'connect-src': ["'self'"],
      'form-action': ["'self'"],
      'base-uri': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
  xXssProtection: false,
  xDownloadOptions: false,
};

function clientsOf({ config, tls }: ServiceContext) {
  const dispatcher = tls && mutualDispatcher(tls);
  // The configuration refuses a front without these addresses; an empty one would only be reported as unreachable.
  const client = (service: Exclude<ServiceName, 'front'>) =>
    new ServiceClient({ service, baseUrl: config.urls[service] ?? '', ...(dispatcher && { dispatcher }) });
  return { users: client('users'), quotes: client('quotes'), search: client('search') };
}

function siteOf({ config }: ServiceContext, assets: ReadonlyMap<string, Asset>): Site {
  const { environment, publicUrl } = config;
  return {
    title: config.frontTitle ?? 'Quotes',
    environment,
    version: config.frontVersion ?? config.version,
    asset: (name) => assetLink(assets, name),
    ...(publicUrl !== undefined && { publicUrl }),
  };
}
