import type { Field } from '../field.ts';
import type { Platform } from '../platform.ts';
import type { Resource } from '../resource.ts';
import type { Workload } from '../workload.ts';
import type { TransportPort } from './endpoint.ts';
import { podPorts } from './service-address.ts';

/** A way from outside to pods: what an Ingress or an HTTPRoute declares. */
export interface Route {
  readonly to: Workload;
  readonly ports: readonly TransportPort[];
  readonly at: Field;
  readonly by: string;
}

/** The pods that Ingresses and HTTPRoutes lead to. */
export function routesOf(platform: Platform): readonly Route[] {
  return [
    ...platform
      .ofKind('Ingress')
      .flatMap((ingress) =>
        backendsOfIngress(ingress).flatMap((at) =>
          leadsTo(platform, ingress, at.at('service', 'name'), at.at('service', 'port')),
        ),
      ),
    ...platform
      .ofKind('HTTPRoute')
      .flatMap((route) =>
        backendsOfRoute(route).flatMap((at) => leadsTo(platform, route, at.at('name'), at.at('port'))),
      ),
  ];
}

function backendsOfIngress(ingress: Resource): readonly Field[] {
  const paths = ingress.at('spec', 'rules').items.flatMap((rule) => rule.at('http', 'paths').items);
  return [ingress.at('spec', 'defaultBackend'), ...paths.map((path) => path.at('backend'))].filter(
    ({ exists }) => exists,
  );
}

function backendsOfRoute(route: Resource): readonly Field[] {
  return route.at('spec', 'rules').items.flatMap((rule) => rule.at('backendRefs').items);
}

function leadsTo(platform: Platform, from: Resource, name: Field, port: Field): readonly Route[] {
  const service = platform.find('Service', from.namespace, name.text ?? '');
  if (!service) return [];
  const named = service.at('spec', 'ports').items.find((entry) => entry.at('name').text === port.at('name').text);
  const number = port.number ?? port.at('number').number ?? named?.at('port').number;
  return platform
    .selectedBy(service)
    .map((to) => ({ to, ports: podPorts(service, to, number), at: name, by: String(from) }));
}
