import * as z from 'zod';
import { pageOf } from './page.ts';
import { humanText, Id } from './text.ts';

/** Shortest password in characters. */
export const MIN_PASSWORD = 8;

/** Body of POST /users. The bounds of the password are of OWASP's and NIST's advice: long is allowed, and hashing is bounded. */
export const NewUser = newUser(MIN_PASSWORD);

/** Half of a character cannot be written as UTF-8: every other such half would open the account too. */
const BROKEN = /\p{Surrogate}/u;

/** The same with passwords that only a laptop should accept. */
export function newUser(minPassword: number) {
  const password = z
    .string()
    .min(minPassword)
    .max(256)
    .refine((text) => !BROKEN.test(text), { error: 'must not contain half of a character' });
  return z.strictObject({ id: Id, name: humanText(200), password });
}

export const User = z.object({
  revision: z.string(),
  id: Id,
  name: z.string(),
  createdAt: z.iso.datetime(),
});

export const UserPage = pageOf(User);

export type NewUser = z.output<typeof NewUser>;
export type User = z.output<typeof User>;
