import { API_PREFIXES } from '../../../contract.ts';
import { MIN_PASSWORD, NewUser, newUser, User, UserPage } from '../../api/user.ts';
import { idTaken, recordRoutes } from '../../http/record-routes.ts';
import { type Route, route } from '../../http/route.ts';
import { sendCreated } from '../../http/send-json.ts';
import type { ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { UserStore } from '../../stores/record-stores.ts';
import { PasswordHasher } from './password-hasher.ts';

/** Every endpoint; each one asks for the admin key. */
export function userRoutes(props: CreateUserProps): Route[] {
  const { list, read, remove } = recordRoutes({
    kind: 'user',
    path: API_PREFIXES.users,
    admin: 'users',
    store: props.store,
    item: User,
    page: UserPage,
    order: '',
    gone: 'The user is gone',
    isPrivate: true,
  });
  return [list, read, createUser(props), remove];
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
      409: { description: 'The id is taken' },
    },
    async handle(ctx, { body }) {
      if (body.password.length < MIN_PASSWORD) onShortPassword?.();
      // Asked before hashing too: a taken id should not cost what a new one does. The store decides.
      if ((await store.get(body.id)) !== null && (await store.isTaken(body.id))) throw idTaken('user', body.id);
      const created = await store.add(body, await hasher.hash(body.password));
      if (created === undefined) throw idTaken('user', body.id);
      sendCreated(ctx, created.json, `${API_PREFIXES.users}/${body.id}`, `"${created.revision}"`);
    },
  });
}
