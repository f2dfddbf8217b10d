import { API_PREFIXES } from '../../../contract.ts';
import { PageQuery } from '../../api/page.ts';
import { UserPage } from '../../api/user.ts';
import { pageOptions } from '../../http/page-options.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { UserStore } from '../../stores/user-store.ts';

export function listUsers(store: UserStore): Route {
  return route({
    method: 'GET',
    path: API_PREFIXES.users,
    summary: 'A page of users, in the order of their ids',
    admin: 'users',
    query: PageQuery,
    responses: {
      200: { description: 'The page, and where the next one begins', schema: UserPage },
      401: { description: 'Without the admin key' },
    },
    async handle(ctx, { query }) {
      sendPrivateJson(ctx, (await store.page(pageOptions(query))).json);
    },
  });
}
