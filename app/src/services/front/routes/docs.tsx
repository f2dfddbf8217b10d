import { type Route, route } from '../../../http/route.ts';
import type { Library } from '../docs/library.ts';
import { ROUTES } from '../links.ts';
import { DocsPage } from '../pages/docs.tsx';
import { sendPage } from '../send-page.ts';
import type { Site } from '../site.ts';

/** The documents of all services as one page. */
export function docsRoute(site: Site, library: Library): Route {
  return route({
    method: 'GET',
    path: ROUTES.docs,
    internal: true,
    summary: 'The API of every service',
    responses: { 200: { description: 'A page' } },
    async handle(ctx) {
      const origin = site.publicUrl ?? `${ctx.protocol}://${ctx.host}`;
      await sendPage(ctx, <DocsPage site={site} chapters={await library.chapters()} origin={origin} />);
    },
  });
}
