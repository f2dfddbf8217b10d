import type { ServiceName } from '../../contract.ts';
import { READY } from '../runtime/readiness.ts';
import type { ServiceContext, ServiceModule } from '../runtime/service.ts';
import { type Asset, assetLink, loadAssets } from './front/assets.ts';
import { HealthBoard } from './front/calls/health.ts';
import { QuotesApi } from './front/calls/quotes-api.ts';
import { ServiceClient } from './front/calls/service-client.ts';
import { Library } from './front/docs/library.ts';
import type { FrontKit } from './front/front-kit.ts';
import { PAGE_HEADERS } from './front/page-headers.ts';
import { problemPages } from './front/problem-page.tsx';

import { assetRoute } from './front/routes/asset.ts';
import { browseRoute } from './front/routes/browse.tsx';
import { docsRoute } from './front/routes/docs.tsx';
import { findRoute } from './front/routes/find.tsx';
import { homeRoute } from './front/routes/home.tsx';
import { quoteRoute } from './front/routes/quote.tsx';
import { addFormRoute, addRoute, editFormRoute, editRoute } from './front/routes/quote-form.tsx';
import { removeFormRoute, removeRoute } from './front/routes/remove.tsx';
import type { Site } from './front/site.ts';

/** The pages that people see. Its readiness depends on nothing: it shows what is down. */
export const front: ServiceModule = {
  message: 'Quotes to browse, search, add and delete',
  start(context) {
    const assets = loadAssets();
    const clients = clientsOf(context);
    const site = siteOf(context, assets);
    const kit: FrontKit = {
      site,
      quotes: new QuotesApi(clients),
      health: new HealthBoard({ clients: Object.values(clients), own: context.config }),
    };
    return {
      routes: [
        homeRoute(kit, { config: context.config, message: front.message }),
        browseRoute(kit),
        findRoute(kit),
        addFormRoute(kit),
        addRoute(kit),
        quoteRoute(kit),
        editFormRoute(kit),
        editRoute(kit),
        removeFormRoute(kit),
        removeRoute(kit),
        docsRoute(site, new Library(Object.values(clients))),
        assetRoute(assets),
      ],
      readiness: () => READY,
      close: async () => {},
      headers: PAGE_HEADERS,
      renderProblem: problemPages(site),
    };
  },
};

function clientsOf({ config }: ServiceContext) {
  // The configuration refuses a front without these addresses; an empty one would only be reported as unreachable.
  const client = (service: Exclude<ServiceName, 'front'>) =>
    new ServiceClient({ service, baseUrl: config.urls[service] ?? '' });
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
