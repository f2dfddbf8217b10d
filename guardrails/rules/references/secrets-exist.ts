import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { knownSecret } from '../../secrets.ts';
import { missingUnlessBrought } from './missing.ts';
import { type PodReference, podReferences } from './pod-references.ts';

export const secretsExist: Rule = {
  id: 'secrets-exist',
  title: 'Every Secret that a pod or a route uses exists or is declared, with the keys it asks for',
  rationale: 'The pod never starts, or the site is served with a certificate that no browser trusts.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets',
  *check(platform) {
    for (const workload of platform.workloads) {
      for (const reference of podReferences(workload)) {
        if (reference.kind === 'Secret' && !reference.optional) yield* judge(platform, workload.namespace, reference);
      }
    }
    for (const ingress of platform.ofKind('Ingress')) {
      for (const at of ingress.at('spec', 'tls').items.map((tls) => tls.at('secretName'))) {
        if (at.text !== undefined) yield* judge(platform, ingress.namespace, { at, name: at.text, keys: [] });
      }
    }
  },
};

function* judge(
  platform: Platform,
  namespace: string,
  { at, name, keys }: Pick<PodReference, 'at' | 'name' | 'keys'>,
): Iterable<Problem> {
  const secret = knownSecret(platform, namespace, name);
  if (!secret) {
    yield missingUnlessBrought(platform, { at, kind: 'Secret', namespace, name });
    return;
  }
  for (const key of keys) {
    if (key.text === undefined || !secret.keys || secret.keys.includes(key.text)) continue;
    yield {
      at: key,
      message: `Secret ${name} has no key ${key.text}: it has ${secret.keys.join(', ') || 'none'}`,
      fix: 'Name a key that it has.',
    };
  }
}
