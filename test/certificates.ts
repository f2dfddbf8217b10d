import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connect } from 'node:tls';
import { TLS_FILES } from '../app/contract.ts';

export interface Issued {
  readonly name: string;
  /** As openssl writes them. @default - the names of this machine */
  readonly alternativeNames?: string;
  /** Below zero for a certificate that has expired. @default 1 */
  readonly days?: number;
}

/** A certificate with its key and its authority, as PEM: what cert-manager puts into a Secret. */
export type Identity = Readonly<Record<'cert' | 'key' | 'ca', string>>;

/** A certificate authority of a test's own, made with openssl. */
export class Authority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'authority-'));
  readonly #openssl: string;

  constructor(openssl: string) {
    this.#openssl = openssl;
    this.#run('req', '-x509', ...NEW_KEY, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=inside', '-days', '2');
  }

  issue({ name, alternativeNames = 'DNS:localhost,IP:127.0.0.1', days = 1 }: Issued): Identity {
    this.#run('req', ...NEW_KEY, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=${name}`);
    const extensions = `subjectAltName=${alternativeNames}\nextendedKeyUsage=serverAuth,clientAuth\n`;
    writeFileSync(join(this.#folder, 'leaf.ext'), extensions);
    const by = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'leaf.ext'];
    this.#run('x509', '-req', '-in', 'leaf.csr', ...by, '-out', 'leaf.crt', '-days', String(days));
    return { cert: this.#read('leaf.crt'), key: this.#read('leaf.key'), ca: this.#read('ca.crt') };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #run(...args: readonly string[]): void {
    execFileSync(this.#openssl, args, { cwd: this.#folder, stdio: 'pipe' });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Puts a certificate into a folder as the kubelet does: all files of a version behind one link, which is replaced in one step. */
export function mountIdentity(folder: string, { cert, key, ca }: Identity): void {
  const version = mkdtempSync(join(folder, '..version-'));
  const files = { [TLS_FILES.certificate]: cert, [TLS_FILES.key]: key, [TLS_FILES.authority]: ca };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(version, name), text);
  const data = join(folder, '..data');
  symlinkSync(basename(version), `${data}_tmp`);
  renameSync(`${data}_tmp`, data);
  for (const name of Object.keys(files)) {
    try {
      symlinkSync(join('..data', name), join(folder, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The certificates of several workloads, each mounted in a folder of its own. */
export class Certificates {
  readonly authority: Authority;
  readonly client: Identity;
  readonly #folder: string;
  /** What the next certificates are valid for. */
  alternativeNames: string;
  readonly #names = new Set<string>();

  constructor(
    folder: string,
    { openssl, alternativeNames }: { readonly openssl: string; readonly alternativeNames: string },
  ) {
    mkdirSync(folder);
    this.#folder = folder;
    this.alternativeNames = alternativeNames;
    this.authority = new Authority(openssl);
    this.client = this.authority.issue({ name: 'client' });
  }

  folderOf(name: string): string {
    const folder = join(this.#folder, name);
    if (this.#names.has(name)) return folder;
    this.#names.add(name);
    mkdirSync(folder);
    this.#mount(name);
    return folder;
  }

  /** Everybody gets a new certificate of the same authority. */
  renew(): void {
    for (const name of this.#names) this.#mount(name);
  }

  #mount(name: string): void {
    const identity = this.authority.issue({ name, alternativeNames: this.alternativeNames });
    mountIdentity(join(this.#folder, name), identity);
  }
}

/** Serial number of the certificate that a new connection to this address is shown. */
export function serialAt(
  { host, port }: { readonly host: string; readonly port: number },
  shown: Identity,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...shown, checkServerIdentity: () => undefined }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
