import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { podReferences } from './pod-references.ts';

export const certificatesAreUsed: Rule = {
  id: 'certificates-are-used',
  title: 'Every certificate goes to a Secret that a route or a pod uses',
  rationale: 'The certificate is renewed for ever and served nowhere, while the route waits for another Secret.',
  severity: 'error',
  docs: 'https://cert-manager.io/docs/usage/certificate/',
  *check(platform) {
    const used = new Set(usedSecrets(platform));
    const routed = new Set([...used].map((secret) => secret.split('/')[0]));
    for (const certificate of platform.ofKind('Certificate')) {
      const at = certificate.at('spec', 'secretName');
      const { namespace } = certificate;
      if (at.text === undefined || certificate.at('spec', 'isCA').flag === true || !routed.has(namespace)) continue;
      if (used.has(`${namespace}/${at.text}`)) continue;
      yield {
        at,
        message: `no route and no pod in namespace ${namespace} uses Secret ${at.text}`,
        fix: 'Name the Secret that they use.',
      };
    }
  },
};

function* usedSecrets(platform: Platform): Iterable<string> {
  for (const route of platform.ofKind('Ingress')) {
    for (const tls of route.at('spec', 'tls').items) yield `${route.namespace}/${tls.at('secretName').text}`;
  }
  for (const route of platform.ofKind('IngressRoute'))
    yield `${route.namespace}/${route.at('spec', 'tls', 'secretName').text}`;
  for (const gateway of platform.ofKind('Gateway')) {
    for (const ref of gateway
      .at('spec', 'listeners')
      .items.flatMap((listener) => listener.at('tls', 'certificateRefs').items)) {
      yield `${ref.at('namespace').text ?? gateway.namespace}/${ref.at('name').text}`;
    }
  }
  for (const workload of platform.workloads) {
    for (const { kind, name } of podReferences(workload)) if (kind === 'Secret') yield `${workload.namespace}/${name}`;
  }
}
