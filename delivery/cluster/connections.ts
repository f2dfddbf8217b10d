import type { Plan } from '../../charts/plan/part.ts';
import { mainPortOf, namedConnections } from '../../charts/plan/service-spec.ts';
import type { Kubectl } from './kubectl.ts';

/** One connection that is tried from inside a pod, and whether the platform promises or forbids it. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly allowed: boolean;
}

/** How long a connection may take: a policy drops packets in silence, so a denied one only ever times out. */
const TIMEOUT_MS = 3_000;

/**
 * Every service of ours with every other and with the stores: what the plan declares is allowed, everything else is denied.
 * Images of others have no program to try with.
 */
export function connectionsOf({ catalog, offers }: Plan): readonly Connection[] {
  const targets = [
    ...catalog.flatMap((service) => {
      const port = mainPortOf(service);
      return port === null ? [] : [{ name: service.name, port: port.service }];
    }),
    ...[...offers.values()].flatMap(({ name, isStore, connect }) => {
      const [client] = catalog;
      const port = client === undefined || isStore !== true ? undefined : connect(client).to[0]?.ports[0];
      return port === undefined ? [] : [{ name, port }];
    }),
  ];
  return catalog
    .filter(({ image }) => image === undefined)
    .flatMap((service) => {
      const declared = namedConnections(service).map(({ to }) => to);
      return targets
        .filter(({ name }) => name !== service.name)
        .map(({ name, port }) => ({ from: service.name, to: name, port, allowed: declared.includes(name) }));
    });
}

/** In the pod: tries all targets at once and prints those that connect, one a line. */
function script(targets: readonly string[]): string {
  return `for (const target of ${JSON.stringify(targets)}) {
    const [host, port] = target.split(':');
    const socket = require('node:net').connect(Number(port), host);
    socket.setTimeout(${TIMEOUT_MS}, () => socket.destroy());
    socket.on('connect', () => { console.log(target); socket.destroy(); }).on('error', () => {});
  }`;
}

/** Tries connections from a pod of each service that makes them. Returns what is wrong. */
export async function tryConnections(
  kubectl: Kubectl,
  namespace: string,
  connections: readonly Connection[],
): Promise<readonly string[]> {
  const services = [...new Set(connections.map(({ from }) => from))];
  const wrong = services.map(async (from) => {
    const own = connections.filter((connection) => connection.from === from);
    const targets = own.map(({ to, port }) => `${to}:${port}`);
    const inPod = ['exec', `deployment/${from}`, '--', 'node', '--eval', script(targets)];
    const { code, stdout, stderr } = await kubectl.try(['--namespace', namespace, ...inPod]);
    if (code !== 0) return [`connections of ${from} could not be tried: ${stderr.trim()}`];
    const connected = new Set(stdout.split('\n'));
    return own.flatMap((connection) => problemOf(connection, connected.has(`${connection.to}:${connection.port}`)));
  });
  return (await Promise.all(wrong)).flat();
}

function problemOf({ from, to, port, allowed }: Connection, connects: boolean): readonly string[] {
  if (connects === allowed) return [];
  return allowed
    ? [`${from} -> ${to}:${port} is declared and does not connect`]
    : [`${from} -> ${to}:${port} is not declared and connects: the network plugin does not enforce policies`];
}
