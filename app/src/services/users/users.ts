import type { Route } from '../../http/route.ts';
import type { ServiceModule } from '../../runtime/service.ts';
import { AuditStore } from '../../stores/audit-store.ts';
import { openLink } from '../../stores/connection.ts';
import { UserStore } from '../../stores/user-store.ts';
import { type CreateUserProps, createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { listUsers } from './list-users.ts';
import { PasswordHasher } from './password-hasher.ts';
import { readUser } from './read-user.ts';

/** Every endpoint; each one asks for the admin key. */
export function userRoutes(props: CreateUserProps): Route[] {
  const { store } = props;
  return [listUsers(store), readUser(store), createUser(props), deleteUser(store)];
}

/** Keeps the users. */
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
