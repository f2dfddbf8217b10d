import { PORTS } from '../../app/contract.ts';
import type { ServiceSpec } from '../../charts/services/service.ts';
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

/** Every pair of services, and every service with the store: what the catalog declares is allowed, everything else is denied. */
export function connectionsOf(catalog: readonly ServiceSpec[]): readonly Connection[] {
  const targets = [
    ...catalog.map(({ name }) => ({ name, port: PORTS.service })),
    { name: 'redis' as const, port: PORTS.redis },
  ];
  return catalog.flatMap(({ name, calls }) =>
    targets
      .filter((target) => target.name !== name)
      .map((target) => ({ from: name, to: target.name, port: target.port, allowed: calls.includes(target.name) })),
  );
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
