import { API_PREFIXES } from '../../../contract.ts';
import { PageQuery } from '../../api/page.ts';
import { IdParams } from '../../api/text.ts';
import { MIN_PASSWORD, NewUser, newUser, User, UserPage } from '../../api/user.ts';
import { deleteRoute } from '../../http/delete-route.ts';
import { pageOptions } from '../../http/page-options.ts';
import { idTaken, notFound } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendCreated, sendPrivateJson } from '../../http/send-json.ts';
import type { ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { revisionOf } from '../../stores/record.ts';
import { UserStore } from '../../stores/user-store.ts';
import { PasswordHasher } from './password-hasher.ts';

/** Every endpoint; each one asks for the admin key. */
export function userRoutes(props: CreateUserProps): Route[] {
  const { store } = props;
  const path = API_PREFIXES.users;
  const removal = deleteRoute({ kind: 'user', path, admin: 'users', store, gone: 'The user is gone' });
  return [listUsers(store), readUser(store), createUser(props), removal];
}

export const users: ServiceModule = {
  message: 'Users: to list, read, add and delete, with the admin key',
  start(context) {
    const link = openLink(context, 'users');
    const onShortPassword = context.config.defaultSecrets
      ? () => context.log.warn('a user was given a short password, which only this environment accepts')
      : undefined;
    const routes = userRoutes({ store: new UserStore(link), hasher: new PasswordHasher(), onShortPassword });
    const trail = new AuditStore(link, 'users');
    return { routes, trail, pathsArePersonal: true, readiness: () => link.health.readiness(), close: link.close };
  },
};

interface CreateUserProps {
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  /** Told of a password that is shorter than anything but a laptop accepts. @default - it is refused */
  readonly onShortPassword?: (() => void) | undefined;
}

function createUser({ store, hasher, onShortPassword }: CreateUserProps): Route {
  return route({
    method: 'POST',
    path: API_PREFIXES.users,
    summary: 'Add a user; the password is hashed and never returned',
    admin: 'users',
    body: onShortPassword === undefined ? NewUser : newUser(1),
    responses: {
      201: { description: 'The user as it was stored', schema: User },
      401: { description: 'Without the admin key' },
      409: { description: 'The id is taken' },
    },
    async handle(ctx, { body }) {
      if (body.password.length < MIN_PASSWORD) onShortPassword?.();
      // Asked before hashing too: a taken id should not cost what a new one does. The store decides.
      if ((await store.get(body.id)) !== null && (await store.isTaken(body.id))) throw idTaken('user', body.id);
      const created = await store.create(body, await hasher.hash(body.password));
      if (created === undefined) throw idTaken('user', body.id);
      sendCreated(ctx, created.json, `${API_PREFIXES.users}/${body.id}`, `"${created.revision}"`);
    },
  });
}

function readUser(store: UserStore): Route {
  return route({
    method: 'GET',
    path: `${API_PREFIXES.users}/:id`,
    summary: 'One user',
    admin: 'users',
    params: IdParams,
    responses: {
      200: { description: 'The user', schema: User },
      304: { description: 'It has not changed' },
      401: { description: 'Without the admin key' },
      404: { description: 'There is none of this id' },
    },
    async handle(ctx, { params: { id } }) {
      const stored = await store.get(id);
      if (stored === null) throw notFound('user', id);
      sendPrivateJson(ctx, stored, `"${revisionOf(stored)}"`);
    },
  });
}

function listUsers(store: UserStore): Route {
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
