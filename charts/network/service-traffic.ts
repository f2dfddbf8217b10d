import { PORTS, type ServiceName } from '../../app/contract.ts';
import { selectorLabels } from '../constructs/labels.ts';
import { DNS, type TrafficPeer, type TrafficRule } from '../constructs/traffic-policy.ts';
import type { Environment } from '../environments/environment.ts';
import { scraperOf } from '../monitoring/scraper.ts';
import { traceExport } from '../monitoring/trace-export.ts';
import { redisClientTraffic } from '../redis/client-traffic.ts';
import type { ServiceSpec } from '../services/service.ts';

/** Who may reach a service: the edge, its callers, the node port and the scraper; derived from the declared edges. */
export function serviceIngress(
  service: ServiceSpec,
  catalog: readonly ServiceSpec[],
  environment: Environment,
): TrafficRule[] {
  const { edge, namespace } = environment;
  const callers = catalog.filter((other) => other.calls.includes(service.name));
  const clients: TrafficPeer[] = [
    ...(service.publicPaths.length > 0 ? [{ kind: 'peer' as const, ...edge.controller }] : []),
    ...callers.map((caller) => podsOf(caller.name, namespace)),
    // Traffic to a node port comes from the node or, with externalTrafficPolicy Local, from anywhere.
    ...(hasNodePort(service, environment) ? [{ kind: 'addresses' as const, cidr: '0.0.0.0/0' }] : []),
  ];
  const scraper = scraperOf(environment);
  return [
    ...(clients.length > 0 ? [{ peers: clients, ports: [PORTS.http] }] : []),
    ...(scraper === null ? [] : [{ peers: [{ kind: 'peer' as const, ...scraper }], ports: [PORTS.admin] }]),
  ];
}

/** What a service may reach: names, the services and stores that it calls, the trace collector. */
export function serviceEgress(service: ServiceSpec, environment: Environment): TrafficRule[] {
  const called = service.calls.filter((name): name is ServiceName => name !== 'redis');
  return [
    DNS,
    ...(called.length > 0
      ? [{ peers: called.map((name) => podsOf(name, environment.namespace)), ports: [PORTS.http] }]
      : []),
    ...(service.calls.includes('redis') ? redisClientTraffic(environment) : []),
    ...traceExport(environment).traffic,
  ];
}

/** The front is the one that answers on `/`: the only service that a node port leads to. */
export function hasNodePort(service: ServiceSpec, environment: Environment): boolean {
  return environment.edge.nodePort !== null && service.publicPaths.includes('/');
}

function podsOf(name: string, namespace: string): TrafficPeer {
  return { kind: 'pods', labels: selectorLabels(name, namespace) };
}
