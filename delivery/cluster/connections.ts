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

/** Tries a connection from a pod of the service that makes it. Returns what is wrong, or nothing. */
export async function tryConnection(
  kubectl: Kubectl,
  namespace: string,
  connection: Connection,
): Promise<string | undefined> {
  const { from, to, port, allowed } = connection;
  const script = `const s=require('node:net').connect(${port},'${to}');s.setTimeout(${TIMEOUT_MS},()=>process.exit(7));s.on('connect',()=>process.exit(0));s.on('error',()=>process.exit(7))`;
  const { code, stderr } = await kubectl.try([
    '--namespace',
    namespace,
    'exec',
    `deployment/${from}`,
    '--',
    'node',
    '--eval',
    script,
  ]);
  if (code !== 0 && code !== 7) return `${from} -> ${to}:${port} could not be tried: ${stderr.trim()}`;
  if ((code === 0) === allowed) return undefined;
  return allowed
    ? `${from} -> ${to}:${port} is declared and does not connect`
    : `${from} -> ${to}:${port} is not declared and connects: the network plugin does not enforce policies`;
}
