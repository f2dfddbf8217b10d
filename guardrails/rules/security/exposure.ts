import { PROMISES } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import type { Problem, Rule } from '../../rule.ts';

const serviceExposure: Rule = {
  id: 'service-exposure',
  title: 'A Service is open to the outside only where its environment asks for it',
  rationale: 'A NodePort or a LoadBalancer goes around the Ingress: around its TLS, its rate limit and its rules.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
  *check(platform) {
    for (const service of platform.ofKind('Service')) {
      const environment = platform.environmentOf(service.namespace);
      if (!environment) continue;
      const type = service.at('spec', 'type');
      if ((type.text === 'NodePort' || type.text === 'LoadBalancer') && !environment.exposes.includes(type.text)) {
        yield {
          at: type,
          message: `is a ${type.text}, which environment ${environment.name} does not ask for`,
          fix: 'Make it a ClusterIP, and route to it through the Ingress.',
        };
      }
      const external = service.at('spec', 'externalIPs');
      if (external.items.length === 0) continue;
      yield {
        at: external,
        message: `takes the traffic of ${external.items.map(({ scalar }) => scalar).join(', ')}`,
        fix: 'Remove externalIPs.',
      };
    }
  },
};

const tlsCoversHosts: Rule = {
  id: 'tls-covers-hosts',
  title: 'Where TLS is promised, every host is served with a certificate that covers it',
  rationale:
    'A host without its own certificate is served in the clear, or with the default certificate that every browser refuses.',
  docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#tls',
  *check(platform) {
    const promised = (resource: Resource): boolean =>
      platform.environmentOf(resource.namespace)?.promises(PROMISES.tls) ?? false;
    for (const ingress of platform.ofKind('Ingress').filter(promised)) yield* judgeIngress(platform, ingress);
    for (const route of platform.ofKind('HTTPRoute').filter(promised)) yield* judgeRoute(platform, route);
    for (const certificate of platform.ofKind('Certificate').filter(promised))
      yield* judgeCertificate(platform, certificate);
  },
};

function* judgeIngress(platform: Platform, ingress: Resource): Iterable<Problem> {
  const own = tlsHosts(ingress);
  const others = platform
    .ofKind('Ingress')
    .filter(({ namespace }) => namespace === ingress.namespace)
    .flatMap(tlsHosts);
  const redirects = Object.entries(ingress.annotations).some(
    ([key, value]) => /redirect/i.test(`${key} ${value}`) && value !== 'false',
  );
  for (const rule of ingress.at('spec', 'rules').items) {
    const host = rule.at('host');
    const covering = redirects ? others : own;
    if (host.text !== undefined && covering.some((pattern) => covers(pattern, host.text ?? ''))) continue;
    yield {
      at: host,
      message: `host ${host.scalar ?? '*'} has no TLS${own.length > 0 ? `, which covers ${own.join(', ')} only` : ''}`,
      fix: 'Add it to spec.tls[].hosts, with the secret of its certificate.',
    };
  }
  for (const entry of ingress.at('spec', 'tls').items) {
    if (entry.at('secretName').exists) continue;
    yield { at: entry, message: 'names no secret with the certificate', fix: 'Set secretName.' };
  }
}

function tlsHosts(ingress: Resource): readonly string[] {
  return ingress.at('spec', 'tls').items.flatMap((entry) => entry.at('hosts').items.flatMap(({ text }) => text ?? []));
}

function* judgeRoute(platform: Platform, route: Resource): Iterable<Problem> {
  const filters = route.at('spec', 'rules').items.flatMap((rule) => rule.at('filters').items);
  if (filters.some((filter) => filter.at('type').text === 'RequestRedirect')) return;
  const gateways = route.at('spec', 'parentRefs').items.flatMap((parent) => {
    const gateway = platform.find(
      'Gateway',
      parent.at('namespace').text ?? route.namespace,
      parent.at('name').text ?? '',
    );
    return gateway ? listeners(gateway, parent.at('sectionName').text) : [];
  });
  const secure = gateways.filter((listener) => listener.at('protocol').text === 'HTTPS');
  for (const host of route.at('spec', 'hostnames').items) {
    if (secure.some((listener) => covers(listener.at('hostname').text ?? '*', host.text ?? ''))) continue;
    yield {
      at: host,
      message: `host ${host.scalar} reaches no HTTPS listener of its Gateway`,
      fix: 'Attach the route to a listener with protocol HTTPS and this hostname.',
    };
  }
}

function listeners(gateway: Resource, section: string | undefined): readonly Field[] {
  const all = gateway.at('spec', 'listeners').items;
  return section === undefined ? all : all.filter((listener) => listener.at('name').text === section);
}

function* judgeCertificate(platform: Platform, certificate: Resource): Iterable<Problem> {
  const names = certificate.at('spec', 'dnsNames');
  const secret = certificate.at('spec', 'secretName').text;
  for (const ingress of platform.ofKind('Ingress').filter(({ namespace }) => namespace === certificate.namespace)) {
    const entries = ingress.at('spec', 'tls').items.filter((entry) => entry.at('secretName').text === secret);
    for (const host of entries.flatMap((entry) => entry.at('hosts').items)) {
      if (names.items.some(({ text }) => covers(text ?? '', host.text ?? ''))) continue;
      yield {
        at: names,
        message: `is for ${names.items.map(({ scalar }) => scalar).join(', ')}, but ${ingress} serves ${host.scalar} with it`,
        fix: `Add ${host.scalar} to dnsNames.`,
      };
    }
  }
}

/** Whether a name, or a wildcard for one label, covers a host. */
function covers(pattern: string, host: string): boolean {
  if (pattern === host || pattern === '*') return true;
  return pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1);
}

export const exposureRules: readonly Rule[] = [serviceExposure, tlsCoversHosts];
