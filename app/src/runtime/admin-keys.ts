import { type AdminScope, SCOPES } from '../../contract.ts';

/** Shortest admin key in characters where secrets are worth stealing: what is shorter can be guessed. */
export const MIN_ADMIN_KEY = 16;
/** Longest: what is longer is refused unread, for hashing must not be a client's lever. */
export const MAX_ADMIN_KEY = 1_000;

/** A key that opens the routes of its scopes, and the name by which the audit trail knows who used it. */
export interface AdminKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly key: string;
}

/** The key without a name opens everything. */
export function adminKey(name: string, key: string): AdminKey {
  return { name, scopes: SCOPES, key };
}

/** Named keys, one a line: `<name> <scope>[,<scope>] <key>`. What is wrong with a line is found by keyProblems(). */
export function namedKeys(text: string | undefined): AdminKey[] {
  const lines = (text ?? '').split(/[\n;]/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [name = '', scopes = '', ...key] = line.split(/\s+/);
      return { name, scopes: scopes.split(','), key: key.join(' ') };
    });
}

/** What is wrong with a key; the key itself is not told. */
export function keyProblems({ name, scopes, key }: AdminKey, minLength: number): string[] {
  const unknown = scopes.filter((scope) => !SCOPES.includes(scope as AdminScope));
  return [
    ...(/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)
      ? []
      : [`the name '${name.slice(0, 80)}' is not of letters, digits and -`]),
    ...unknown.map((scope) => `the scope '${scope.slice(0, 80)}' of '${name}' is none of ${SCOPES.join(', ')}`),
    ...lengthProblems(key, minLength),
    ...(key === '' || /^[\x21-\x7e]+$/.test(key)
      ? []
      : ['has characters that no client can send; use printable ASCII without spaces']),
  ];
}

function lengthProblems(key: string, minLength: number): string[] {
  const advice = `give an admin key of at least ${minLength} characters`;
  if (key === '') return [`is missing or empty; ${advice}`];
  if (key.length < minLength) return [`has ${key.length} characters; ${advice}`];
  return key.length > MAX_ADMIN_KEY
    ? [`has ${key.length} characters; give an admin key of at most ${MAX_ADMIN_KEY}`]
    : [];
}
