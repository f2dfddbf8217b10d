import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Agent, type Dispatcher } from 'undici';
import { TLS_FILES } from '../../contract.ts';

/** Longest time in ms between a change of a mounted file and its effect, beside what the kubelet itself takes. */
const REREAD_EVERY_MS = 2_000;

const NAMES = [TLS_FILES.certificate, TLS_FILES.key, TLS_FILES.authority];

/** What this process shows, and by which authority it knows others; all as PEM. */
export type TlsIdentity = Pick<SecureContextOptions, 'minVersion'> & {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
};

/** The mounted certificate of this process; rereads its files, so that a renewal needs no restart. */
export class TlsFiles {
  readonly #folder: string;
  readonly #onError: (error: Error) => void;
  readonly #listeners = new Set<(identity: TlsIdentity) => void>();
  #identity: TlsIdentity;
  #timer: NodeJS.Timeout | undefined;
  #reported = '';

  /**
   * Reads the files at once, so that a process without its certificate fails at its start.
   * @param onError called when the files cannot be read or taken any more, once for each reason; the last good ones stay in use
   */
  constructor(folder: string, onError: (error: Error) => void) {
    this.#folder = folder;
    this.#onError = onError;
    this.#identity = identityOf(NAMES.map((name) => readFileSync(join(folder, name), 'utf8')));
  }

  get current(): TlsIdentity {
    return this.#identity;
  }

  /** Calls back whenever the certificate, its key or the authority has changed. */
  onChange(listener: (identity: TlsIdentity) => void): void {
    this.#listeners.add(listener);
  }

  watch(intervalMs: number = REREAD_EVERY_MS): void {
    this.#timer = setInterval(() => void this.reread(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async reread(): Promise<void> {
    try {
      const read = (name: string) => readFile(join(this.#folder, name), 'utf8');
      const identity = identityOf(await Promise.all(NAMES.map(read)));
      this.#reported = '';
      if (JSON.stringify(identity) === JSON.stringify(this.#identity)) return;
      this.#identity = identity;
      for (const listener of this.#listeners) listener(identity);
    } catch (error) {
      this.#report(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #report(error: Error): void {
    if (error.message !== this.#reported) this.#onError(error);
    this.#reported = error.message;
  }
}

/** @throws where the key is not the certificate's: the files were read while they were being replaced */
function identityOf([cert = '', key = '', ca = '']: readonly string[]): TlsIdentity {
  const identity = { cert, key, ca, minVersion: 'TLSv1.3' } as const;
  createSecureContext(identity);
  return identity;
}

/** For ioredis, which reads its options whenever it connects: each new connection shows the certificate of that moment. */
export function tlsOptionsOf(files: TlsFiles): TlsIdentity {
  return {
    get cert() {
      return files.current.cert;
    },
    get key() {
      return files.current.key;
    },
    get ca() {
      return files.current.ca;
    },
    minVersion: 'TLSv1.3',
  };
}

/** How other services are called: requests that begin after a renewal show the new certificate, those under way end as they began. */
export function mutualDispatcher(files: TlsFiles): () => Dispatcher {
  const open = (connect: TlsIdentity) => new Agent({ connect });
  let agent = open(files.current);
  files.onChange((identity) => {
    const before = agent;
    agent = open(identity);
    void before.close();
  });
  return () => agent;
}
