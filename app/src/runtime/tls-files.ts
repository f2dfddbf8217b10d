import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { TLS_FILES } from '../../contract.ts';
import { MountedValues } from './mounted-values.ts';

const NAMES = [TLS_FILES.certificate, TLS_FILES.key, TLS_FILES.authority];

/** What this process shows, and by which authority it knows others; all as PEM. */
export type TlsIdentity = Pick<SecureContextOptions, 'minVersion'> & {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
};

/** The mounted certificate of this process. */
export class TlsFiles extends MountedValues<TlsIdentity> {
  readonly #folder: string;

  constructor(folder: string, onError: (error: Error) => void) {
    super(identityOf(NAMES.map((name) => readFileSync(join(folder, name), 'utf8'))), onError);
    this.#folder = folder;
  }

  protected override async read() {
    const texts = NAMES.map((name) => readFile(join(this.#folder, name), 'utf8'));
    return { values: identityOf(await Promise.all(texts)), problem: '' };
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
