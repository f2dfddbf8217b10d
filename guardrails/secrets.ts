import { NAMESPACE } from './annotations.ts';
import type { Resource } from './field.ts';
import { oncePerPlatform, type Platform } from './platform.ts';

/** A Secret that will be there, whoever brings it. */
export interface KnownSecret {
  readonly namespace: string;
  readonly name: string;
  /** Undefined when what brings it does not say. */
  readonly keys: readonly string[] | undefined;
}

const TLS_KEYS = ['tls.crt', 'tls.key', 'ca.crt'];
const known = oncePerPlatform((platform) => index([...collect(platform)]));

/** The Secret of this name: given as such, brought by an operator from an object that is given, or declared on the Namespace. */
export function knownSecret(platform: Platform, namespace: string, name: string): KnownSecret | undefined {
  return known(platform).get(`${namespace}/${name}`);
}

/** One that is declared and brought by an operator has the keys that either of them tells. */
function index(secrets: readonly KnownSecret[]): ReadonlyMap<string, KnownSecret> {
  const byName = new Map<string, KnownSecret>();
  for (const secret of secrets) {
    const key = `${secret.namespace}/${secret.name}`;
    byName.set(key, { ...secret, keys: secret.keys ?? byName.get(key)?.keys });
  }
  return byName;
}

function* collect(platform: Platform): Iterable<KnownSecret> {
  for (const namespace of platform.ofKind('Namespace')) yield* declared(namespace);
  for (const secret of platform.ofKind('ExternalSecret')) yield external(secret);
  for (const certificate of platform.ofKind('Certificate')) {
    yield { namespace: certificate.namespace, name: certificate.at('spec', 'secretName').text ?? '', keys: TLS_KEYS };
  }
  for (const ingress of platform.ofKind('Ingress', 'Gateway')) yield* issued(ingress);
  for (const { namespace, name } of platform.ofKind('SealedSecret')) yield { namespace, name, keys: undefined };
  for (const secret of platform.ofKind('Secret')) {
    const keys = [...secret.at('data').entries, ...secret.at('stringData').entries].map(([key]) => key);
    yield { namespace: secret.namespace, name: secret.name, keys };
  }
}

function external(secret: Resource): KnownSecret {
  const spec = secret.at('spec');
  const name = spec.at('target', 'name').text ?? secret.name;
  const template = spec.at('target', 'template', 'data').entries.map(([key]) => key);
  const data = spec.all('data', '*', 'secretKey').flatMap(({ text }) => text ?? []);
  const open = spec.at('dataFrom').items.length > 0;
  return { namespace: secret.namespace, name, keys: open ? undefined : template.length > 0 ? template : data };
}

/** What cert-manager makes for an Ingress or a Gateway that names an issuer. */
function* issued(route: Resource): Iterable<KnownSecret> {
  const asks = ['cert-manager.io/cluster-issuer', 'cert-manager.io/issuer', 'kubernetes.io/tls-acme'];
  if (!asks.some((annotation) => route.annotations[annotation] !== undefined)) return;
  const names = [
    ...route.all('spec', 'tls', '*', 'secretName'),
    ...route.all('spec', 'listeners', '*', 'tls', 'certificateRefs', '*', 'name'),
  ];
  for (const { text: name } of names)
    if (name !== undefined) yield { namespace: route.namespace, name, keys: TLS_KEYS };
}

/** `Secret/name: key, key`, one a line. */
function* declared(namespace: Resource): Iterable<KnownSecret> {
  for (const line of (namespace.annotations[NAMESPACE.provided] ?? '').split('\n')) {
    const [, name, list] = /^Secret\/([^:\s]+)\s*(?::(.*))?$/.exec(line.trim()) ?? [];
    const keys = list?.split(/[\s,]+/).filter((key) => key !== '');
    if (name !== undefined) yield { namespace: namespace.name, name, keys };
  }
}
