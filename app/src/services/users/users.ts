import type { Route } from '../../http/route.ts';
import type { ServiceModule } from '../../runtime/service.ts';
import { openLink } from '../../stores/connection.ts';
import { UserStore } from '../../stores/user-store.ts';
import { createUser } from './create-user.ts';
import { deleteUser } from './delete-user.ts';
import { listUsers } from './list-users.ts';
import { PasswordHasher } from './password-hasher.ts';
import { readUser } from './read-user.ts';

/** Every endpoint; each one asks for the admin key. */
export function userRoutes(store: UserStore, hasher: PasswordHasher): Route[] {
  return [listUsers(store), readUser(store), createUser(store, hasher), deleteUser(store)];
}

/** Keeps the users. */
export const users: ServiceModule = {
  message: 'Users: to list, read, add and delete, with the admin key',
  start(context) {
    const link = openLink(context, 'users');
    const routes = userRoutes(new UserStore(link), new PasswordHasher());
    return { routes, readiness: () => link.health.readiness(), close: link.close };
  },
};
