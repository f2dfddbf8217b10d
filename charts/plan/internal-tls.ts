import { type Mount, secretMount } from '../constructs/pod.ts';
import type { Environment } from './environment.ts';
import type { ServiceSpec } from './service-spec.ts';

/** Who gets a certificate of the environment's authority, and the names under which it is called; a client alone has its own name. */
export interface CertificateSpec {
  readonly name: string;
  readonly dnsNames: readonly string[];
}

/** Files of a certificate, as cert-manager names them: certificate, key, and the authority by which others are known. */
export const CERTIFICATE_KEYS = ['tls.crt', 'tls.key', 'ca.crt'] as const;

/** The Secret in which cert-manager keeps a certificate of the environment's authority. */
export function certificateSecret(name: string): string {
  return `${name}-certificate`;
}

/** The volume with one's own certificate: renewed in place, while the pod runs. */
export function certificateMount(name: string, path: string): Mount {
  const files = { secret: certificateSecret(name), keys: CERTIFICATE_KEYS, optional: false };
  return secretMount('certificate', path, [files]);
}

export function speaksTls({ tlsDir }: Pick<ServiceSpec, 'tlsDir'>, { internalTls }: Environment): boolean {
  return tlsDir !== undefined && internalTls !== undefined;
}
