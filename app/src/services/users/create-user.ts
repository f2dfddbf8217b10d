import { API_PREFIXES } from '../../../contract.ts';
import { MIN_PASSWORD, NewUser, newUser, User } from '../../api/user.ts';
import { idTaken } from '../../http/record-problems.ts';
import { type Route, route } from '../../http/route.ts';
import { sendPrivateJson } from '../../http/send-json.ts';
import type { UserStore } from '../../stores/user-store.ts';
import type { PasswordHasher } from './password-hasher.ts';

export interface CreateUserProps {
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  /** Told of a password that is shorter than anything but a laptop accepts. @default - it is refused */
  readonly onShortPassword?: (() => void) | undefined;
}

export function createUser({ store, hasher, onShortPassword }: CreateUserProps): Route {
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
      ctx.set('Location', `${API_PREFIXES.users}/${body.id}`);
      sendPrivateJson(ctx, created.json, 201);
    },
  });
}
