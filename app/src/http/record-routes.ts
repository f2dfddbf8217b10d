import type * as z from 'zod';
import type { AdminScope } from '../../contract.ts';
import { PageQuery } from '../api/page.ts';
import { IdParams } from '../api/text.ts';
import type { Collection, PageOptions } from '../stores/collection.ts';
import { decodeCursor } from '../stores/ids.ts';
import { type Accepts, revisionOf } from '../stores/record.ts';
import { acceptedRevisions } from './preconditions.ts';
import { HttpProblem } from './problem.ts';
import { type Route, route } from './route.ts';
import { sendJson, sendPrivateJson } from './send-json.ts';

interface RecordRoutesProps {
  readonly kind: 'quote' | 'user';
  readonly path: string;
  readonly admin: AdminScope;
  readonly store: Pick<Collection, 'get' | 'page' | 'remove'>;
  readonly item: z.ZodType;
  readonly page: z.ZodType;
  /** More about the order of the list, at the end of its summary in the OpenAPI document. */
  readonly order: string;
  /** What an answer to a removal means. */
  readonly gone: string;
  /** Reading asks for the admin key too, and nobody may keep what was read. */
  readonly isPrivate: boolean;
}

const NONE = { 404: { description: 'There is none of this id' } };
const UNCHANGED = { 304: { description: 'It has not changed' } };

/** How records of any kind are listed, read and deleted. */
export function recordRoutes(props: RecordRoutesProps): Readonly<Record<'list' | 'read' | 'remove', Route>> {
  return { list: listRoute(props), read: readRoute(props), remove: removeRoute(props) };
}

function listRoute({ kind, path, admin, store, page, order, isPrivate }: RecordRoutesProps): Route {
  return route({
    method: 'GET',
    path,
    summary: `A page of ${kind}s, in the order of their ids${order}`,
    ...(isPrivate && { admin }),
    query: PageQuery,
    responses: {
      200: { description: 'The page, and where the next one begins', schema: page },
      ...(!isPrivate && UNCHANGED),
    },
    async handle(ctx, { query }) {
      const { json, tag } = await store.page(pageOptions(query));
      if (isPrivate) sendPrivateJson(ctx, json);
      else sendJson(ctx, json, `"${tag}"`);
    },
  });
}

function readRoute({ kind, path, admin, store, item, isPrivate }: RecordRoutesProps): Route {
  const send = isPrivate ? sendPrivateJson : sendJson;
  return route({
    method: 'GET',
    path: `${path}/:id`,
    summary: `One ${kind}`,
    ...(isPrivate && { admin }),
    params: IdParams,
    responses: {
      200: { description: `The ${kind}`, schema: item },
      ...UNCHANGED,
      ...NONE,
    },
    async handle(ctx, { params: { id } }) {
      const stored = await store.get(id);
      if (stored === null) throw notFound(kind, id);
      send(ctx, stored, `"${revisionOf(stored)}"`);
    },
  });
}

function removeRoute({ kind, path, admin, store, gone }: RecordRoutesProps): Route {
  return route({
    method: 'DELETE',
    path: `${path}/:id`,
    summary: `Delete a ${kind}; with If-Match, only the revision that was seen`,
    admin,
    ifMatch: true,
    params: IdParams,
    responses: {
      204: { description: gone },
      ...NONE,
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

/** What a store needs for a page. @throws HttpProblem 400 for a cursor that we did not make */
export function pageOptions({ limit, cursor }: z.output<typeof PageQuery>): PageOptions {
  if (cursor === undefined) return { limit };
  const after = decodeCursor(cursor);
  if (after !== undefined) return { limit, after };
  const errors = [{ in: 'query', name: 'cursor', message: "must be the 'next' of an earlier page" }] as const;
  throw new HttpProblem(400, { detail: 'The request is not valid; see errors.', errors });
}

/** The 404 of a record; `id` was validated, so it may be repeated. */
export function notFound(kind: string, id: string): HttpProblem {
  return new HttpProblem(404, { detail: `There is no ${kind} '${id}'.` });
}

/** The 409 of a new record whose id is taken. */
export function idTaken(kind: string, id: string | undefined): HttpProblem {
  return new HttpProblem(409, { detail: `There is already a ${kind} '${id ?? ''}'; choose another id or replace it.` });
}

/** The 412 of a writer whose condition does not hold, and the 409 of one who set none and met another writer. */
export function changedMeanwhile(accepts: Accepts | undefined): HttpProblem {
  const status = accepts === undefined ? 409 : 412;
  return new HttpProblem(status, { detail: 'It has changed meanwhile; read it again before you write.' });
}
