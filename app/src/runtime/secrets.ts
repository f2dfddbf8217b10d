import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENV, SECRET_FILES, SERVICE_NEEDS } from '../../contract.ts';
import { type AdminKey, adminKey, keyProblems, MIN_ADMIN_KEY, namedKeys, repeatedKeys } from './admin-keys.ts';
import type { Config, Environment } from './config.ts';
import { MountedValues } from './mounted-values.ts';

/** The dev value, printed in the README: it opens nothing but a laptop. */
const DEV_ADMIN_KEY = 'dev-admin-key';

/** In the order in which they are combined. */
const FILES = [
  SECRET_FILES.adminKey,
  SECRET_FILES.adminKeyPrevious,
  SECRET_FILES.redisPassword,
  SECRET_FILES.adminKeys,
];

export interface SecretValues {
  /** Accepted admin keys: the current one, while a rotation is under way the previous one, and the named ones. */
  readonly adminKeys: readonly AdminKey[];
  readonly redisPassword: string | undefined;
}

export interface SecretsProps {
  readonly env: Environment;
  /** Whether the default admin key may be used. */
  readonly defaultSecrets: boolean;
  /** What is wrong with the admin keys of new values; they are not taken then. @default - nothing ever is */
  readonly problemsOf?: (values: SecretValues) => readonly string[];
  /** See MountedValues. */
  readonly onError?: (error: Error) => void;
}

/** The current secrets: of the environment, and of mounted files where there is a folder of them. */
export class Secrets extends MountedValues<SecretValues> {
  readonly #props: SecretsProps;

  constructor(props: SecretsProps) {
    const folder = folderOf(props);
    super(
      combine(
        props,
        FILES.map((file) => folder && readIfPresent(join(folder, file))),
      ),
      props.onError ?? (() => {}),
    );
    this.#props = props;
  }

  /** A file that fails keeps the last good values, for half a rotation must not lock everybody out. */
  protected override async read() {
    const folder = folderOf(this.#props);
    if (folder === undefined) return { values: this.current, problem: '' };
    const texts = FILES.map((file) => readFile(join(folder, file), 'utf8').catch(absent));
    const found = combine(this.#props, await Promise.all(texts));
    const problem = (this.#props.problemsOf?.(found) ?? []).join('; ');
    const keepsKeys = problem !== '' || found.adminKeys.length === 0;
    return { values: keepsKeys ? { ...found, adminKeys: this.current.adminKeys } : found, problem };
  }
}

function folderOf({ env }: SecretsProps): string | undefined {
  return env[ENV.secretsDir] || undefined;
}

/** @param texts what each of FILES says */
function combine({ env, defaultSecrets }: SecretsProps, texts: readonly (string | undefined)[]): SecretValues {
  const [key, previous, password, named] = texts;
  const current = trimmed(key) ?? trimmed(env[ENV.adminKey]) ?? (defaultSecrets ? DEV_ADMIN_KEY : undefined);
  const old = trimmed(previous);
  return {
    // The previous key alone would lock out everybody who has the current one.
    adminKeys: [
      ...(current === undefined ? [] : [adminKey('admin', current)]),
      ...(current === undefined || old === undefined ? [] : [adminKey('admin-previous', old)]),
      ...namedKeys(named ?? env[ENV.adminKeys]),
    ],
    redisPassword: trimmed(password) ?? trimmed(env[ENV.redisPassword]),
  };
}

/** Editors and `kubectl create secret --from-file` leave a line end behind; no secret is empty. */
function trimmed(text: string | undefined): string | undefined {
  return text?.trim() || undefined;
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
  return undefined;
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return absent(error as NodeJS.ErrnoException);
  }
}

/** The file of each key of these names; the others share one. */
const KEY_FILES: Readonly<Record<string, string>> = {
  admin: SECRET_FILES.adminKey,
  'admin-previous': SECRET_FILES.adminKeyPrevious,
};

/** What keeps a service from starting with the secrets that were found: without a key nobody could be let in, and a short one lets everybody in. */
export function secretProblems(config: Config, { adminKeys }: SecretValues): string[] {
  const { service, defaultSecrets, secretsDir } = config;
  if (!SERVICE_NEEDS[service].adminKey) return [];
  const minLength = defaultSecrets ? 1 : MIN_ADMIN_KEY;
  const place = (name: string) => {
    const file = KEY_FILES[name] ?? SECRET_FILES.adminKeys;
    const variable = file === SECRET_FILES.adminKeys ? ENV.adminKeys : ENV.adminKey;
    return secretsDir === undefined ? variable : join(secretsDir, file);
  };
  const keys = adminKeys.length === 0 ? [{ name: 'admin', scopes: [], key: '' }] : adminKeys;
  return [
    ...keys.flatMap((key) => keyProblems(key, minLength).map((problem) => `${place(key.name)}: ${problem}`)),
    ...repeatedKeys(adminKeys).map((name) => `${place(name)}: '${name}' comes twice, or with the key of another`),
  ];
}

/** Names of the keys that are accepted only where secrets may be short. */
export function shortKeys(config: Config, { adminKeys }: SecretValues): string[] {
  if (!SERVICE_NEEDS[config.service].adminKey || !config.defaultSecrets) return [];
  return adminKeys.filter(({ key }) => key.length < MIN_ADMIN_KEY).map(({ name }) => name);
}
