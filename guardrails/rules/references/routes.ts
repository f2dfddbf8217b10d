import type { Field, Resource } from '../../field.ts';
import { missing } from '../../missing.ts';
import { backends } from '../../network/edges.ts';
import { oncePerPlatform, type Platform, repeated } from '../../platform.ts';
import { each, type Problem, rules } from '../../rule.ts';
import { knownSecret } from '../../secrets.ts';
import { didYouMean } from '../../suggest.ts';
import { claims, unserved } from './gateways.ts';
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
  'routes-are-attached': {
    title:
      'Every route of the Gateway API is taken by a listener that can serve it, and may name what is in other namespaces',
    rationale: 'The route is accepted by the server and served by nobody; only its status says so.',
    docs: 'https://gateway-api.sigs.k8s.io/concepts/api-overview/#attaching-routes-to-gateways',
    *check(platform) {
      for (const route of platform.ofKind(...ROUTES)) {
        for (const parent of route.at('spec', 'parentRefs').items) yield* unattached(platform, route, parent);
      }
      yield* ungranted(platform);
      yield* unserved(platform);
    },
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
      const all = [...routes(platform), ...nodePorts(platform)];
      for (const [[claim, at], [, first]] of repeated([...all, ...claims(platform)], ([what]) => what)) {
        // Rules of one route are tried in their order.
        if (first.resource === at.resource && at.resource.kind.endsWith('Route')) continue;
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

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute'];
/** What routes of each kind are served by. */
const PROTOCOLS: Readonly<Record<string, readonly string[]>> = {
  HTTPRoute: ['HTTP', 'HTTPS'],
  GRPCRoute: ['HTTP', 'HTTPS'],
  TCPRoute: ['TCP', 'TLS'],
  TLSRoute: ['TLS'],
  UDPRoute: ['UDP'],
};

function* unattached(platform: Platform, route: Resource, parent: Field): Iterable<Problem> {
  const { name = '', namespace = route.namespace, kind = 'Gateway', sectionName } = parent.texts;
  const gateway = kind === 'Gateway' ? platform.find('Gateway', namespace, name) : undefined;
  const all = gateway?.at('spec', 'listeners').items ?? [];
  const named = all.filter((listener) => sectionName === undefined || listener.at('name').text === sectionName);
  if (!gateway || all.length === 0 || gateway.at('spec', 'allowedListeners').exists) return;
  if (named.length === 0) {
    const names = all.flatMap((listener) => listener.at('name').text ?? []);
    const fix = didYouMean(sectionName ?? '', names, 'Name one of them.');
    const message = `${gateway} has no listener ${sectionName}: it has ${names.join(', ')}`;
    return yield { at: parent.at('sectionName'), message, fix };
  }
  const reasons = named.map((listener) => whyNot(route, listener));
  const [message] = reasons;
  if (message === undefined || reasons.includes(undefined)) return;
  yield {
    at: parent.at('name'),
    message: `no listener of ${gateway} takes it: ${message}`,
    fix: 'Change the listener, or the route.',
  };
}

/** Why a listener does not take a route; undefined where it does, or nobody here knows. */
function whyNot(route: Resource, listener: Field): string | undefined {
  const { name, protocol = '', hostname } = listener.texts;
  if (/^[A-Z]+$/.test(protocol) && !PROTOCOLS[route.kind]?.includes(protocol))
    return `${name} is for ${protocol}, not for ${route.kind}s`;
  const hosts = route.at('spec', 'hostnames').words;
  if (hostname !== undefined && hosts.length > 0 && !hosts.some((host) => meet(hostname, host)))
    return `${name} is for ${hostname}, the route for ${hosts.join(', ')}`;
  const { from = 'Same' } = listener.at('allowedRoutes', 'namespaces').texts;
  const own = listener.resource.namespace;
  if (from === 'Same' && route.namespace !== own) return `${name} takes routes of namespace ${own} alone`;
  return undefined;
}

/** Whether two host names, each perhaps with a wildcard in front, have a name in common. */
function meet(one: string, other: string): boolean {
  const within = (pattern: string, host: string) => pattern.startsWith('*.') && host.endsWith(pattern.slice(1));
  return one === other || within(one, other) || within(other, one);
}

/** What is in another namespace needs its consent: a route's backend, a Gateway's certificate. */
function* ungranted(platform: Platform): Iterable<Problem> {
  const backing = [...backends(platform)].filter(({ at }) => ROUTES.includes(at.resource.kind));
  const certificates = platform.ofKind('Gateway').flatMap((gateway) => gateway.all(...CERTIFICATES_OF_GATEWAYS));
  const references = [
    ...backing.map(({ at, namespace, service }) => ({ at, kind: 'Service', namespace, name: service })),
    ...certificates.flatMap((ref) => {
      const { namespace, name, kind = 'Secret' } = ref.texts;
      return kind === 'Secret' ? { at: ref.at('name'), kind, namespace, name } : [];
    }),
  ];
  for (const { at, kind, namespace, name = '' } of references) {
    const { kind: from, namespace: own } = at.resource;
    if (namespace === undefined || namespace === own) continue;
    const isKnown = kind === 'Secret' ? knownSecret(platform, namespace, name) : platform.find(kind, namespace, name);
    if (!isKnown) continue;
    const asked = `${namespace} ${from} ${own} ${kind}`;
    if (granted(platform).has(asked) || granted(platform).has(`${asked} ${name}`)) continue;
    const message = `${kind} ${namespace}/${name} is of another namespace, which grants no ${from} of ${own} to name it`;
    yield { at, message, fix: `Add a ReferenceGrant to namespace ${namespace}.`, elsewhere: 'warning' };
  }
}

const GATEWAY_API = 'gateway.networking.k8s.io';
const CERTIFICATES_OF_GATEWAYS = ['spec', 'listeners', '*', 'tls', 'certificateRefs', '*'];

/** What is granted, as `namespace, kind and namespace of what names, kind that is named` with the name where only one is. */
const granted = oncePerPlatform((platform) => {
  const grants = platform.ofKind('ReferenceGrant').flatMap((grant) => {
    const sources = grant.at('spec', 'from').items.map(({ texts }) => texts);
    const targets = grant.at('spec', 'to').items.map(({ texts }) => texts);
    // Services and Secrets are of the core group, whose name is empty; `core` is the name of none.
    const cores = targets.filter(({ group = '' }) => group === '');
    return sources
      .filter(({ group }) => group === GATEWAY_API)
      .flatMap((from) =>
        cores.map(({ kind, name }) => [
          grant.namespace,
          from['kind'],
          from['namespace'],
          kind,
          ...(name ? [name] : []),
        ]),
      );
  });
  return new Set(grants.map((words) => words.join(' ')));
});

type Claim = readonly [what: string, at: Field];

/** Routes of another class or on another listener are served by somebody else: a redirect may stand beside what it redirects to. A canary takes its share. */
function* routes(platform: Platform): Iterable<Claim> {
  for (const ingress of platform.ofKind('Ingress')) {
    if (ingress.annotations['nginx.ingress.kubernetes.io/canary'] === 'true') continue;
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
  ['Gateway', ...CERTIFICATES_OF_GATEWAYS],
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
