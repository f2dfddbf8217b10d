import type { Field, Resource } from '../../field.ts';
import { missing } from '../../missing.ts';
import type { Platform } from '../../platform.ts';
import type { Rule } from '../../rule.ts';
import { podReferences } from './pod-references.ts';

/** A place that sends traffic to a Service. */
export interface Backend {
  readonly at: Field;
  readonly namespace: string;
  readonly service: string;
  /** Where the port stands; its value is a number or the name of a port. */
  readonly port: Field;
}

/** Every backend of every route: Ingress, Gateway API, Traefik. */
export function* backends(platform: Platform): Iterable<Backend> {
  for (const ingress of platform.ofKind('Ingress')) {
    const paths = ingress.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
    for (const backend of [ingress.at('spec', 'defaultBackend'), ...paths.map((path) => path.at('backend'))]) {
      const service = backend.at('service');
      const port = service.at('port', 'name').exists ? service.at('port', 'name') : service.at('port', 'number');
      yield* backendAt(service.at('name'), ingress.namespace, port);
    }
  }
  for (const route of platform.ofKind('HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute')) {
    for (const ref of route.at('spec', 'rules').items.flatMap(referredBy)) {
      if ((ref.at('kind').text ?? 'Service') !== 'Service') continue;
      yield* backendAt(ref.at('name'), ref.at('namespace').text ?? route.namespace, ref.at('port'));
    }
  }
  for (const route of platform.ofKind('IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP')) {
    for (const ref of route.at('spec', 'routes').items.flatMap((rule) => rule.at('services').items)) {
      if ((ref.at('kind').text ?? 'Service') !== 'Service' || ref.at('name').text?.includes('@')) continue;
      yield* backendAt(ref.at('name'), ref.at('namespace').text ?? route.namespace, ref.at('port'));
    }
  }
}

/** What a rule of the Gateway API sends to, copies that its filters make among it. */
function referredBy(rule: Field): readonly Field[] {
  const refs = rule.at('backendRefs').items;
  const mirrors = [rule, ...refs].flatMap((one) => one.at('filters').items);
  return [...refs, ...mirrors.map((filter) => filter.at('requestMirror', 'backendRef'))];
}

function* backendAt(at: Field, namespace: string, port: Field): Iterable<Backend> {
  if (at.text !== undefined) yield { at, namespace, service: at.text, port };
}

const backendsExist: Rule = {
  id: 'backends-exist',
  title: 'Every route of an Ingress or a Gateway leads to a Service and a port that exist',
  rationale: 'Visitors get 503 or 404, though every pod is healthy.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#the-ingress-resource',
  *check(platform) {
    for (const { at, namespace, service, port } of backends(platform)) {
      const target = platform.find('Service', namespace, service);
      if (!target) yield missing(platform, { at, kind: 'Service', namespace, name: service });
      else if (port.exists && !hasPort(target, port)) {
        const ports = target
          .at('spec', 'ports')
          .items.map((own) => [own.at('name').text, own.at('port').number].filter(Boolean).join(' = '));
        yield {
          at: port,
          message: `${target} has no port ${port.scalar}: it has ${ports.join(', ')}`,
          fix: 'Name a port of the Service, not of its pods.',
        };
      }
    }
  },
};

function hasPort(service: Resource, port: Field): boolean {
  return service
    .at('spec', 'ports')
    .items.some((own) => own.at('port').value === port.value || own.at('name').value === port.value);
}

/** The range that a cluster has unless its administrator changed it; the judge allocates none. */
const NODE_PORTS = [30000, 32767] as const;

const hostsAreUnique: Rule = {
  id: 'hosts-are-unique',
  title: 'No two routes claim the same host and path, and no two Services the same node port',
  rationale: 'Which of the two answers depends on their age; a node port that is taken is refused.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches',
  *check(platform) {
    const seen = new Map<string, Field>();
    for (const [, at] of nodePorts(platform)) {
      const port = at.number ?? NODE_PORTS[0];
      if (port < NODE_PORTS[0] || port > NODE_PORTS[1])
        yield { at, message: `node port ${port} is not in ${NODE_PORTS.join('-')}`, fix: 'Take one in that range.' };
    }
    for (const [claim, at] of [...routes(platform), ...nodePorts(platform)]) {
      const first = seen.get(claim);
      if (!first) seen.set(claim, at);
      else
        yield {
          at,
          message: `${claim} is claimed by ${first.resource} already`,
          fix: 'Give one of them another host, path or port.',
        };
    }
  },
};

/** Routes of another class or on another listener are served by somebody else: a redirect may stand beside what it redirects to. */
function* routes(platform: Platform): Iterable<readonly [string, Field]> {
  for (const ingress of platform.ofKind('Ingress')) {
    const listener = ingress.annotations['traefik.ingress.kubernetes.io/router.entrypoints'];
    const served = [ingress.at('spec', 'ingressClassName').text, listener];
    for (const rule of ingress.at('spec', 'rules').items) {
      for (const path of rule.at('http', 'paths').items) {
        const claim = `${rule.at('host').text ?? '*'}${path.at('path').text ?? '/'} (${[path.at('pathType').text, ...served].filter(Boolean).join(', ')})`;
        yield [claim, rule.at('host').exists ? rule.at('host') : path.at('path')];
      }
    }
  }
}

function* nodePorts(platform: Platform): Iterable<readonly [string, Field]> {
  for (const service of platform.ofKind('Service')) {
    for (const port of service.at('spec', 'ports').items) {
      const at = port.at('nodePort');
      if (at.number !== undefined && at.number !== 0)
        yield [`node port ${at.number}/${port.at('protocol').text ?? 'TCP'}`, at];
    }
  }
}

const certificatesAreUsed: Rule = {
  id: 'certificates-are-used',
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
  for (const transport of platform.ofKind('ServersTransport')) {
    for (const secret of transport.at('spec', 'certificatesSecrets').items)
      yield `${transport.namespace}/${secret.text}`;
  }
  for (const workload of platform.workloads) {
    for (const { kind, name } of podReferences(workload)) if (kind === 'Secret') yield `${workload.namespace}/${name}`;
  }
}

export const routesRules: readonly Rule[] = [backendsExist, hostsAreUnique, certificatesAreUsed];
