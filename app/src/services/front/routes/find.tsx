import * as z from 'zod';
import { type Route, route } from '../../../http/route.ts';
import { type FrontKit, traceOf } from '../front-kit.ts';
import { ROUTES } from '../links.ts';
import { askAgain, isNotice, orNotice } from '../outages.ts';
import { FindPage } from '../pages/find.tsx';
import { sendPage } from '../send-page.ts';

/** Most results of a search: who needs more has asked too little. */
const LIMIT = 30;

const querySchema = z.object({ keyword: z.string().default('') });

/** The search form, and below it what was found. */
export function findRoute(kit: FrontKit): Route {
  return route({
    method: 'GET',
    path: ROUTES.find,
    internal: true,
    summary: 'Search',
    query: querySchema,
    responses: { 200: { description: 'A page' } },
    async handle(ctx, { query }) {
      const keyword = query.keyword.trim();
      const page = { site: kit.site, keyword, limit: LIMIT };
      if (keyword === '') {
        await sendPage(ctx, <FindPage {...page} />);
        return;
      }
      const found = await orNotice(kit.quotes.find({ keyword, limit: LIMIT }, traceOf(ctx)));
      if (isNotice(found)) {
        askAgain(ctx);
        await sendPage(ctx, <FindPage {...page} notice={found} />, 503);
        return;
      }
      await sendPage(ctx, <FindPage {...page} quotes={found} />);
    },
  });
}
