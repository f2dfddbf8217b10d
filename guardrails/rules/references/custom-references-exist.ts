import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { missingUnlessBrought, type Reference } from './missing.ts';

export const customReferencesExist: Rule = {
  id: 'custom-references-exist',
  title: 'Issuers, secret stores, middlewares and projects that custom resources name exist',
  rationale: 'Certificates and secrets never arrive, a route is not served at all, an application is not synchronised.',
  severity: 'error',
  docs: 'https://doc.traefik.io/traefik/routing/providers/kubernetes-crd/',
  *check(platform) {
    for (const reference of references(platform)) {
      const { kind, namespace, name } = reference;
      if (!platform.find(kind, namespace, name)) yield missingUnlessBrought(platform, reference);
    }
  },
};

function* references(platform: Platform): Iterable<Reference> {
  for (const { namespace, root } of platform.ofKind('Certificate'))
    yield* scoped(root.at('spec', 'issuerRef'), 'Issuer', namespace);
  for (const { namespace, root } of platform.ofKind('ExternalSecret'))
    yield* scoped(root.at('spec', 'secretStoreRef'), 'SecretStore', namespace);
  for (const { namespace, root } of platform.ofKind('SecretStore', 'Issuer'))
    yield* accounts(root.at('spec'), namespace);
  for (const { namespace, root } of platform.ofKind('Ingress'))
    yield* ofIngress(root.at('metadata', 'annotations'), namespace);
  for (const { namespace, root } of platform.ofKind('IngressRoute')) {
    for (const at of root
      .at('spec', 'routes')
      .items.flatMap((route) => route.at('middlewares').items.map((ref) => ref.at('name')))) {
      if (at.text !== undefined && !at.text.includes('@')) yield { at, kind: 'Middleware', namespace, name: at.text };
    }
  }
  for (const { namespace, root } of platform.ofKind('Application')) {
    const at = root.at('spec', 'project');
    if (at.text !== undefined && at.text !== 'default') yield { at, kind: 'AppProject', namespace, name: at.text };
  }
  for (const { namespace, root } of platform.ofKind('HTTPRoute', 'GRPCRoute')) {
    for (const ref of root.at('spec', 'parentRefs').items) {
      const name = ref.at('name').text;
      if ((ref.at('kind').text ?? 'Gateway') !== 'Gateway' || name === undefined) continue;
      yield { at: ref.at('name'), kind: 'Gateway', namespace: ref.at('namespace').text ?? namespace, name };
    }
  }
}

/** A reference whose kind is `X` in the same namespace or `ClusterX` anywhere. */
function* scoped(ref: Field, kind: string, namespace: string): Iterable<Reference> {
  const name = ref.at('name').text;
  const given = ref.at('kind').text ?? kind;
  if (name !== undefined)
    yield { at: ref.at('name'), kind: given, namespace: given.startsWith('Cluster') ? '' : namespace, name };
}

/** The service accounts that a provider's settings name, however deep. */
function* accounts(field: Field, namespace: string): Iterable<Reference> {
  for (const [key, value] of field.entries) {
    const name = value.at('name').text;
    if (key === 'serviceAccountRef' && name !== undefined)
      yield { at: value.at('name'), kind: 'ServiceAccount', namespace, name };
    else yield* accounts(value, namespace);
  }
}

/** Middlewares as `<namespace>-<name>@kubernetescrd`, and the issuer of cert-manager. */
function* ofIngress(annotations: Field, namespace: string): Iterable<Reference> {
  const middlewares = annotations.at('traefik.ingress.kubernetes.io/router.middlewares');
  for (const mention of (middlewares.text ?? '').split(',')) {
    const name = mention.trim().replace(/@kubernetescrd$/, '');
    if (name === mention.trim()) continue;
    yield {
      at: middlewares,
      kind: 'Middleware',
      namespace,
      name: name.startsWith(`${namespace}-`) ? name.slice(namespace.length + 1) : name,
    };
  }
  for (const [key, kind] of [
    ['cert-manager.io/cluster-issuer', 'ClusterIssuer'],
    ['cert-manager.io/issuer', 'Issuer'],
  ] as const) {
    const at = annotations.at(key);
    if (at.text !== undefined) yield { at, kind, namespace: kind === 'Issuer' ? namespace : '', name: at.text };
  }
}
