import { serviceInfo } from '../../../http/common-routes.ts';
import { type Route, route } from '../../../http/route.ts';
import type { Config } from '../../../runtime/config.ts';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { ROUTES } from '../links.ts';
import { orNotice } from '../outages.ts';
import { HomePage } from '../pages/home.tsx';
import { sendPage } from '../send-page.ts';

/** For people the home page, for programs what every service says about itself: who accepts anything gets the latter. */
export function homeRoute(kit: FrontKit, about: { readonly config: Config; readonly message: string }): Route {
  return route({
    method: 'GET',
    path: ROUTES.home,
    internal: true,
    summary: 'The home page',
    responses: { 200: { description: 'A page, or JSON for who prefers it' } },
    async handle(ctx) {
      ctx.vary('Accept');
      if (ctx.accepts('json', 'html') !== 'html') {
        ctx.body = serviceInfo(about.config, about.message);
        return;
      }
      // Both at once: what is slow shows up once in the time of the page, not twice.
      const [quote, health] = await Promise.all([orNotice(kit.quotes.random(traceOf(ctx))), kit.health.lines()]);
      await sendPage(ctx, <HomePage site={kit.site} quote={quote} health={health} />);
    },
  });
}
