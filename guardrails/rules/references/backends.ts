import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';

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
    for (const ref of route.at('spec', 'rules').items.flatMap((rule) => rule.at('backendRefs').items)) {
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

function* backendAt(at: Field, namespace: string, port: Field): Iterable<Backend> {
  if (at.text !== undefined) yield { at, namespace, service: at.text, port };
}
