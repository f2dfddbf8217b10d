import { API_PREFIXES } from '../../../contract.ts';
import { IdParams } from '../../api/text.ts';
import { notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import type { UserStore } from '../../stores/user-store.ts';

export function deleteUser(store: UserStore): Route {
  return route({
    method: 'DELETE',
    path: `${API_PREFIXES.users}/:id`,
    summary: 'Delete a user',
    admin: 'users',
    params: IdParams,
    responses: {
      204: { description: 'The user is gone' },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
    },
    async handle(ctx, { params: { id } }) {
      if ((await store.remove(id)) === 'absent') throw notFound('user', id);
      ctx.status = 204;
    },
  });
}
