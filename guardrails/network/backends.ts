import type { Field } from '../field.ts';
import type { Platform } from '../platform.ts';

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
    const paths = ingress.all('spec', 'rules', '*', 'http', 'paths', '*', 'backend', 'service');
    for (const service of [ingress.at('spec', 'defaultBackend', 'service'), ...paths]) {
      const port = service.at('port', 'name').exists ? service.at('port', 'name') : service.at('port', 'number');
      yield* backendAt(service.at('name'), ingress.namespace, port);
    }
  }
  for (const route of platform.ofKind('HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute', 'UDPRoute')) {
    for (const ref of route.at('spec', 'rules').items.flatMap(referredBy)) yield* referred(ref);
  }
  for (const route of platform.ofKind('IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP')) {
    for (const ref of route.all('spec', 'routes', '*', 'services', '*'))
      if (!ref.at('name').text?.includes('@')) yield* referred(ref);
  }
}

/** What a rule of the Gateway API sends to, copies that its filters make among it. */
function referredBy(rule: Field): readonly Field[] {
  const refs = rule.at('backendRefs').items;
  return [...refs, ...[rule, ...refs].flatMap((one) => one.all('filters', '*', 'requestMirror', 'backendRef'))];
}

function* referred(ref: Field): Iterable<Backend> {
  if ((ref.at('kind').text ?? 'Service') !== 'Service') return;
  yield* backendAt(ref.at('name'), ref.at('namespace').text ?? ref.resource.namespace, ref.at('port'));
}

function* backendAt(at: Field, namespace: string, port: Field): Iterable<Backend> {
  if (at.text !== undefined) yield { at, namespace, service: at.text, port };
}
