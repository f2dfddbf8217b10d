import type { Field } from '../../field.ts';
import { missing } from '../../missing.ts';
import { backends } from '../../network/edges.ts';
import { type Platform, repeated } from '../../platform.ts';
import { each, rules } from '../../rule.ts';
import { podReferences } from './pod-references.ts';

/** The range that a cluster has unless its administrator changed it; the judge allocates none. */
const [LOWEST, HIGHEST] = [30000, 32767];

export const routesRules = rules({
  'backends-exist': {
    title: 'Every route of an Ingress or a Gateway leads to a Service and a port that exist',
    rationale: 'Visitors get 503 or 404, though every pod is healthy.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource',
    check: each(backends, function* ({ at, namespace, service: name, port }, platform) {
      const service = platform.find('Service', namespace, name);
      if (!service) yield missing(platform, { at, kind: 'Service', namespace, name });
      const ports = service?.at('spec', 'ports').items.map((own) => [own.at('name').text, own.at('port').number]) ?? [];
      // What is neither a name nor a number is for the schema to say.
      const wanted = port.text ?? port.number;
      if (!service || wanted === undefined || ports.flat().includes(wanted)) return;
      const known = ports.map((one) => one.filter(Boolean).join(' = ')).join(', ');
      const message = `${service} has no port ${wanted}: it has ${known}`;
      yield { at: port, message, fix: 'Name a port of the Service, not of its pods.' };
    }),
  },
  'hosts-are-unique': {
    title: 'No two routes claim the same host and path, and no two Services the same node port',
    rationale: 'Which of the two answers depends on their age; a node port that is taken is refused.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches',
    *check(platform) {
      for (const [, at] of nodePorts(platform)) {
        if (at.number !== undefined && at.number >= LOWEST && at.number <= HIGHEST) continue;
        const message = `node port ${at.number} is not in ${LOWEST}-${HIGHEST}`;
        yield { at, message, fix: 'Take one in that range.' };
      }
      const claims = [...routes(platform), ...nodePorts(platform)];
      for (const [[claim, at], [, first]] of repeated(claims, ([what]) => what)) {
        const message = `${claim} is claimed by ${first.resource} already`;
        yield { at, message, fix: 'Give one of them another host, path or port.' };
      }
    },
  },
  'certificates-are-used': {
    title: 'Every certificate goes to a Secret that a route or a pod uses',
    rationale: 'The certificate is renewed for ever and served nowhere, while the route waits for another Secret.',
    docs: 'https://cert-manager.io/docs/usage/certificate/',
    *check(platform) {
      const used = new Set(usedSecrets(platform));
      const routed = new Set([...used].map((secret) => secret.split('/')[0]));
      for (const certificate of platform.ofKind('Certificate')) {
        const at = certificate.at('spec', 'secretName');
        const { namespace } = certificate;
        if (at.text === undefined || certificate.at('spec', 'isCA').flag === true || !routed.has(namespace)) continue;
        if (used.has(`${namespace}/${at.text}`)) continue;
        const message = `no route and no pod in namespace ${namespace} uses Secret ${at.text}`;
        yield { at, message, fix: 'Name the Secret that they use.' };
      }
    },
  },
});

type Claim = readonly [what: string, at: Field];

/** Routes of another class or on another listener are served by somebody else: a redirect may stand beside what it redirects to. */
function* routes(platform: Platform): Iterable<Claim> {
  for (const ingress of platform.ofKind('Ingress')) {
    const listener = ingress.annotations['traefik.ingress.kubernetes.io/router.entrypoints'];
    const served = [ingress.at('spec', 'ingressClassName').text, listener];
    for (const rule of ingress.at('spec', 'rules').items) {
      const host = rule.at('host');
      for (const path of rule.all('http', 'paths', '*')) {
        const how = [path.at('pathType').text, ...served].filter(Boolean).join(', ');
        const claim = `${host.text ?? '*'}${path.at('path').text ?? '/'} (${how})`;
        yield [claim, host.exists ? host : path.at('path')];
      }
    }
  }
}

function* nodePorts(platform: Platform): Iterable<Claim> {
  for (const port of platform.ofKind('Service').flatMap((service) => service.at('spec', 'ports').items)) {
    const at = port.at('nodePort');
    if (at.number) yield [`node port ${at.number}/${port.at('protocol').text ?? 'TCP'}`, at];
  }
}

/** Where routes name the Secrets of their certificates. */
const CERTIFICATES: readonly (readonly [kind: string, ...path: readonly string[]])[] = [
  ['Ingress', 'spec', 'tls', '*', 'secretName'],
  ['IngressRoute', 'spec', 'tls', 'secretName'],
  ['Gateway', 'spec', 'listeners', '*', 'tls', 'certificateRefs', '*'],
  ['ServersTransport', 'spec', 'certificatesSecrets', '*'],
];

function* usedSecrets(platform: Platform): Iterable<string> {
  for (const [kind, ...path] of CERTIFICATES) {
    for (const at of platform.ofKind(kind).flatMap((route) => route.all(...path)))
      yield `${at.at('namespace').text ?? at.resource.namespace}/${at.text ?? at.at('name').text}`;
  }
  for (const { kind, namespace, name } of platform.workloads.flatMap((workload) => [...podReferences(workload)]))
    if (kind === 'Secret') yield `${namespace}/${name}`;
}
