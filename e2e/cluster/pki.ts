import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, RUN, sh } from './machine.ts';

export const PKI = join(RUN, 'pki');

export interface Identity {
  /** Name of the files: `<name>.crt`, `<name>.key`. */
  readonly name: string;
  /** As openssl writes it: `/O=system:nodes/CN=system:node:n1`. */
  readonly subject: string;
  /** As openssl writes it: `DNS:...,IP:...`. @default - none */
  readonly alternativeNames?: string;
}

const DAYS = '30';

/** The authority is kept, because images trust it. */
const AUTHORITY = join(CACHE, 'authority');
export const AUTHORITY_FILE = join(AUTHORITY, 'ca.crt');

/** The certificate authority of every cluster of this machine; made once. */
export async function keepAuthority(): Promise<void> {
  if (existsSync(AUTHORITY_FILE)) return;
  mkdirSync(AUTHORITY, { recursive: true });
  const subject = ['-subj', '/CN=cluster', '-days', '3650'];
  const files = ['-keyout', 'ca.key', '-out', 'ca.crt.new'];
  await sh('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], { cwd: AUTHORITY });
  renameSync(`${AUTHORITY_FILE}.new`, AUTHORITY_FILE);
}

/** The authority for this cluster, and the key that signs service account tokens. */
export async function makeAuthority(): Promise<void> {
  await keepAuthority();
  mkdirSync(PKI, { recursive: true });
  for (const name of ['ca.key', 'ca.crt']) copyFileSync(join(AUTHORITY, name), join(PKI, name));
  await openssl('genrsa', '-out', 'sa.key', '2048');
  await openssl('rsa', '-in', 'sa.key', '-pubout', '-out', 'sa.pub');
}

/** A key and a certificate of the authority, for servers and clients. */
export async function makeCertificate({ name, subject, alternativeNames = 'DNS:none' }: Identity): Promise<void> {
  if (existsSync(join(PKI, `${name}.crt`))) return;
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    subject,
  );
  writeFileSync(
    join(PKI, `${name}.ext`),
    `subjectAltName=${alternativeNames}\nextendedKeyUsage=serverAuth,clientAuth\n`,
  );
  const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', DAYS];
  await openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-out', `${name}.crt`, '-extfile', `${name}.ext`);
}

/** A kubeconfig that logs in with the certificate of that name. */
export function writeKubeconfig(file: string, name: string, server: string): void {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cluster',
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority': join(PKI, 'ca.crt') } }],
    users: [{ name, user: { 'client-certificate': join(PKI, `${name}.crt`), 'client-key': join(PKI, `${name}.key`) } }],
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user: name } }],
  };
  writeFileSync(file, JSON.stringify(config, undefined, 2), { mode: 0o600 });
}

async function openssl(...args: readonly string[]): Promise<void> {
  await sh('openssl', args, { cwd: PKI });
}
