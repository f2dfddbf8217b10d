import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENV, SECRET_FILES } from '../../contract.ts';
import { type AdminKey, adminKey, namedKeys } from './admin-keys.ts';
import type { Environment } from './config.ts';

/** Longest time in ms between a change of a mounted file and its effect, beside what the kubelet itself takes. */
const REREAD_EVERY_MS = 2_000;

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
  /** Called when the files cannot be read or taken any more, once for each reason; the last good values stay in use. */
  readonly onError?: (error: Error) => void;
}

/** The current secrets; rereads mounted files, so that a rotation needs no restart. */
export class Secrets {
  readonly #props: SecretsProps;
  readonly #folder: string | undefined;
  readonly #listeners = new Set<(values: SecretValues) => void>();
  #timer: NodeJS.Timeout | undefined;
  #values: SecretValues;
  #reported = '';

  /** Reads the files at once, so that a process without its secrets fails at its start. */
  constructor(props: SecretsProps) {
    this.#props = props;
    this.#folder = props.env[ENV.secretsDir] || undefined;
    const text = (file: string) => this.#folder && readIfPresent(join(this.#folder, file));
    this.#values = this.#combine(...FILES.map(text));
  }

  get current(): SecretValues {
    return this.#values;
  }

  /** Calls back whenever a value has changed. */
  onChange(listener: (values: SecretValues) => void): void {
    this.#listeners.add(listener);
  }

  /** Starts to reread the files; does nothing where there are none. */
  watch(intervalMs: number = REREAD_EVERY_MS): void {
    if (this.#folder === undefined) return;
    this.#timer = setInterval(() => void this.reread(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads the files again; a file that fails keeps the last good values, for half a rotation must not lock everybody out. */
  async reread(): Promise<void> {
    const folder = this.#folder;
    if (folder === undefined) return;
    try {
      const text = (file: string) => readFile(join(folder, file), 'utf8').catch(absent);
      const files = FILES.map(text);
      const values = this.#combine(...(await Promise.all(files)));
      const problems = this.#props.problemsOf?.(values) ?? [];
      this.#report(problems.join('; '));
      this.#replace(values, problems.length > 0 || values.adminKeys.length === 0);
    } catch (error) {
      this.#report(error instanceof Error ? error.message : String(error));
    }
  }

  #report(reason: string): void {
    if (reason !== '' && reason !== this.#reported) this.#props.onError?.(new Error(reason));
    this.#reported = reason;
  }

  #replace(found: SecretValues, keepAdminKeys: boolean): void {
    const values = keepAdminKeys ? { ...found, adminKeys: this.#values.adminKeys } : found;
    if (JSON.stringify(values) === JSON.stringify(this.#values)) return;
    this.#values = values;
    for (const listener of this.#listeners) listener(values);
  }

  #combine(...[key, previous, password, named]: (string | undefined)[]): SecretValues {
    const { env, defaultSecrets } = this.#props;
    const fallback = defaultSecrets ? DEV_ADMIN_KEY : undefined;
    const current = trimmed(key) ?? trimmed(env[ENV.adminKey]) ?? fallback;
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
