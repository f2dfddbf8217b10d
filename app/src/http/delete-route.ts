import type { AdminScope } from '../../contract.ts';
import { IdParams } from '../api/text.ts';
import { acceptedRevisions } from './preconditions.ts';
import { changedMeanwhile, notFound } from './record-problems.ts';
import { type Route, route } from './route.ts';

interface DeleteProps {
  readonly kind: 'quote' | 'user';
  readonly path: string;
  readonly admin: AdminScope;
  readonly store: { remove(id: string, accepts: ReturnType<typeof acceptedRevisions>): Promise<unknown> };
  /** What the answer means. */
  readonly gone: string;
}

/** How a record of any kind is deleted. */
export function deleteRoute({ kind, path, admin, store, gone }: DeleteProps): Route {
  return route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: `Delete a ${kind}; with If-Match, only the revision that was seen`,
    admin,
    ifMatch: true,
    params: IdParams,
    responses: {
      204: { description: gone },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
      412: { description: 'It is not the revision of If-Match any more' },
    },
    async handle(ctx, { params: { id } }) {
      const accepts = acceptedRevisions(ctx.req.headers);
      const result = await store.remove(id, accepts);
      if (result === 'absent') throw notFound(kind, id);
      if (result === 'changed') throw changedMeanwhile(accepts);
      ctx.status = 204;
    },
  });
}
