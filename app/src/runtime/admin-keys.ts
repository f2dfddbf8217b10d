import { type AdminScope, SCOPES } from '../../contract.ts';

/** Shortest admin key in characters where secrets are worth stealing: what is shorter can be guessed. */
export const MIN_ADMIN_KEY = 16;
/** Longest: what is longer is refused unread, for hashing must not be a client's lever. */
export const MAX_ADMIN_KEY = 1_000;

/** Who used a key that was refused, in the audit trail. */
export const REFUSED = 'unknown';
/** Names of the keys without one. */
const UNNAMED = ['admin', 'admin-previous'];

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
  if (key === '' && !scopes.every(isScope)) return ["a line is not '<name> <scope>[,<scope>] <key>'"];
  const unknown = scopes.filter((scope) => !isScope(scope));
  return [
    ...nameProblems(name),
    ...unknown.map((scope) => `the scope '${scope.slice(0, 80)}' of '${name}' is none of ${SCOPES.join(', ')}`),
    ...lengthProblems(key, minLength),
    ...(key === '' || /^[\x21-\x7e]+$/.test(key)
      ? []
      : ['has characters that no client can send; use printable ASCII without spaces']),
  ];
}

/** Names of keys that nobody could tell apart by name or by key. The key before a rotation may be the one after it. */
export function repeatedKeys(keys: readonly AdminKey[]): string[] {
  const isRotation = (...names: string[]) => names.every((name) => UNNAMED.includes(name));
  const clashes = (one: AdminKey, other: AdminKey) =>
    one !== other && (one.name === other.name || (one.key === other.key && !isRotation(one.name, other.name)));
  return [...new Set(keys.filter((one) => keys.some((other) => clashes(one, other))).map(({ name }) => name))];
}

function isScope(scope: string): boolean {
  return SCOPES.includes(scope as AdminScope);
}

function nameProblems(name: string): string[] {
  if (name === REFUSED) return [`the name '${name}' stands for those who were refused; take another`];
  if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) return [];
  return [`the name '${name.slice(0, 80)}' is not of letters, digits and -`];
}

function lengthProblems(key: string, minLength: number): string[] {
  const advice = `give an admin key of at least ${minLength} characters`;
  if (key === '') return [`is missing or empty; ${advice}`];
  if (key.length < minLength) return [`has ${key.length} characters; ${advice}`];
  return key.length > MAX_ADMIN_KEY
    ? [`has ${key.length} characters; give an admin key of at most ${MAX_ADMIN_KEY}`]
    : [];
}
