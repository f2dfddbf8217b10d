import { API_PREFIXES } from '../../../contract.ts';
import { IdParams } from '../../api/text.ts';
import { User } from '../../api/user.ts';
import { notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { UserStore } from '../../stores/user-store.ts';

export function readUser(store: UserStore): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.users}/:id`,
    summary: 'One user',
    admin: 'users',
    params: IdParams,
    responses: {
      200: { description: 'The user', schema: User },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
    },
    async handle(ctx, { params: { id } }) {
      const stored = await store.get(id);
      if (stored === null) throw notFound('user', id);
      sendPrivateJson(ctx, stored);
    },
  });
}
