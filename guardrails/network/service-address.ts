import type { Platform } from '../platform.ts';
import type { Resource } from '../resource.ts';
import type { Workload } from '../workload.ts';
import type { TransportPort } from './endpoint.ts';

/**
 * The Service that a host name means to a pod: `cart`, `cart.shop`, `cart.shop.svc.cluster.local`, or one pod of a headless one
 * (`cart-0.cart`). Undefined for a name of something else.
 */
export function serviceAt(platform: Platform, namespace: string, host: string): Resource | undefined {
  const parts = host.toLowerCase().split('.');
  const [first = '', second, third] = parts;
  const find = (space: string | undefined, name: string | undefined): Resource | undefined =>
    space === undefined || name === undefined ? undefined : platform.find('Service', space, name);
  if (parts.length === 1) return find(namespace, first);
  const isService = parts.length === 2 || third === 'svc';
  const ofPod = parts.length === 2 || parts.length === 3 || parts[3] === 'svc';
  return (isService ? find(second, first) : undefined) ?? (ofPod ? find(third ?? namespace, second) : undefined);
}

/** A port of a Service and the port of the pods that it leads to. A headless Service leads to whatever port the client names. */
export function podPorts(service: Resource, workload: Workload, port: number | undefined): readonly TransportPort[] {
  const headless = service.at('spec', 'clusterIP').text === 'None';
  if (headless && port !== undefined) return [{ protocol: 'TCP', number: port }];
  const entries = service
    .at('spec', 'ports')
    .items.filter((entry) => port === undefined || entry.at('port').number === port);
  return entries.flatMap((entry) => {
    const target = entry.at('targetPort');
    const named = workload.running
      .flatMap(({ ports }) => ports)
      .find(({ name }) => name !== undefined && name === target.text);
    const number = target.number ?? (target.exists ? named?.number : entry.at('port').number);
    return number === undefined ? [] : [{ protocol: entry.at('protocol').text ?? 'TCP', number }];
  });
}
