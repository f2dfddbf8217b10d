import { PROMISES } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { eachObject, type Problem, rules } from '../../rule.ts';

export const exposureRules = rules({
  'service-exposure': {
    title: 'A Service is open to the outside only where its environment asks for it',
    rationale: 'A NodePort or a LoadBalancer goes around the Ingress: around its TLS, its rate limit and its rules.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
    where: 'declared',
    check: eachObject('Service', function* (service, platform) {
      const { name = '', exposes = [] } = platform.environmentOf(service.namespace) ?? {};
      const [at, external] = [service.at('spec', 'type'), service.at('spec', 'externalIPs')];
      if (/^(NodePort|LoadBalancer)$/.test(at.text ?? '') && !exposes.includes(at.text ?? '')) {
        const message = `is a ${at.text}, which environment ${name} does not ask for`;
        yield { at, message, fix: 'Make it a ClusterIP, and route to it through the Ingress.' };
      }
      const message = `takes the traffic of ${external.items.map(({ scalar }) => scalar).join(', ')}`;
      if (external.items.length > 0) yield { at: external, message, fix: 'Remove externalIPs.' };
    }),
  },
  'tls-covers-hosts': {
    title: 'Where TLS is promised, every host is served with a certificate that covers it',
    rationale: 'A host without its own certificate is served in the clear, or with one that every browser refuses.',
    docs: 'https://kubernetes.io/docs/concepts/services-networking/ingress/#tls',
    where: PROMISES.tls,
    *check(platform) {
      for (const ingress of platform.ofKind('Ingress')) yield* openHosts(platform, ingress);
      for (const route of platform.ofKind('HTTPRoute')) yield* openRoutes(platform, route);
    },
  },
});

/** A host that only redirects may be covered by another Ingress, which the browser reaches next. */
function* openHosts(platform: Platform, ingress: Resource): Iterable<Problem> {
  const own = tlsHosts(ingress);
  const others = platform.inNamespace('Ingress', ingress.namespace);
  const redirects = Object.entries(ingress.annotations).some(
    ([key, value]) => /redirect/i.test(`${key} ${value}`) && value !== 'false',
  );
  const covering = redirects ? others.flatMap(tlsHosts) : own;
  for (const at of ingress.all('spec', 'rules', '*', 'host')) {
    if (at.text !== undefined && covering.some((pattern) => covers(pattern, at.text ?? ''))) continue;
    const only = own.length > 0 ? `, which covers ${own.join(', ')} only` : '';
    const fix = 'Add it to spec.tls[].hosts, with the secret of its certificate.';
    yield { at, message: `host ${at.scalar ?? '*'} has no TLS${only}`, fix };
  }
  for (const at of ingress.at('spec', 'tls').items) {
    if (at.at('secretName').exists) continue;
    yield { at, message: 'names no secret with the certificate', fix: 'Set secretName.' };
  }
}

function tlsHosts(ingress: Resource): readonly string[] {
  return ingress.all('spec', 'tls', '*', 'hosts').flatMap(({ words }) => words);
}

function* openRoutes(platform: Platform, route: Resource): Iterable<Problem> {
  const filters = route.all('spec', 'rules', '*', 'filters', '*', 'type');
  if (filters.some(({ text }) => text === 'RequestRedirect')) return;
  const listeners = route.at('spec', 'parentRefs').items.flatMap((parent) => listenersOf(platform, parent));
  const secure = listeners.filter((listener) => listener.at('protocol').text === 'HTTPS');
  for (const at of route.at('spec', 'hostnames').items) {
    if (secure.some((listener) => covers(listener.at('hostname').text ?? '*', at.text ?? ''))) continue;
    const fix = 'Attach the route to a listener with protocol HTTPS and this hostname.';
    yield { at, message: `host ${at.scalar} reaches no HTTPS listener of its Gateway`, fix };
  }
}

function listenersOf(platform: Platform, parent: Field): readonly Field[] {
  const { name = '', namespace = parent.resource.namespace, sectionName } = parent.texts;
  const all = platform.find('Gateway', namespace, name)?.at('spec', 'listeners').items ?? [];
  return all.filter((listener) => sectionName === undefined || listener.at('name').text === sectionName);
}

/** Whether a name, or a wildcard for one label, covers a host. */
export function covers(pattern: string, host: string): boolean {
  if (pattern === host || pattern === '*') return true;
  return pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1);
}
