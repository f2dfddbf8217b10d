import type { SecretFiles } from '../constructs/pod.ts';
import { type Connection, type Endpoint, toAddresses } from '../plan/connection.ts';
import type { Joined } from '../plan/part.ts';
import { mainPortOf, type Named, type ServiceSpec } from '../plan/service-spec.ts';

/** What one declared connection gives the service that declares it. */
export interface Link {
  readonly env: Readonly<Record<string, string>>;
  readonly connections: readonly Connection[];
  readonly secrets: readonly SecretFiles[];
}

const NOTHING: Link = { env: {}, connections: [], secrets: [] };

/** The links of a service, in the order in which it declares them. */
export function linksOf(service: ServiceSpec, namespace: string, joined: Joined): Link[] {
  const from: Endpoint = { kind: 'workload', name: service.name, namespace };
  return (service.connections ?? []).map((connection) =>
    'to' in connection
      ? linkTo(connection, service, from, joined)
      : { ...NOTHING, connections: toAddresses(from, connection.addresses, { byName: true }) },
  );
}

function linkTo(
  connection: Named,
  client: ServiceSpec,
  from: Extract<Endpoint, { kind: 'workload' }>,
  joined: Joined,
): Link {
  const called = joined.services.get(connection.to);
  const port = called === undefined ? null : mainPortOf(called);
  if (called !== undefined && port !== null) {
    const to: Endpoint = { kind: 'workload', name: called.name, namespace: from.namespace };
    return {
      env: connection.env === undefined ? {} : { [connection.env]: addressOf(connection, port.service) },
      connections: [
        {
          from,
          to,
          ports: [port.number],
          ...(connection.env === undefined ? { calls: `${called.name}:${port.service}` } : {}),
        },
      ],
      secrets: [],
    };
  }
  const offered = joined.offers.get(connection.to)?.connect(client);
  if (offered === undefined) return NOTHING;
  return { env: offered.env, secrets: offered.secrets, connections: offered.to.map((to) => ({ from, ...to })) };
}

/** Where a called service is found. */
export function addressOf({ to, as = 'url' }: Named, port: number): string {
  if (as === 'address') return `${to}:${port}`;
  return port === 80 ? `http://${to}` : `http://${to}:${port}`;
}
