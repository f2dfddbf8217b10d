import { ENV } from '../../app/contract.ts';
import { problemsWhere } from '../constructs/lists.ts';
import type { Connection } from '../plan/connection.ts';
import type { Environment } from '../plan/environment.ts';
import { EMPTY_PART, type Offer, type Part, type PartContext } from '../plan/part.ts';

type Keeper = NonNullable<NonNullable<Environment['telemetry']>['traces']>;

/** What services send to programs that are not in dist/: traces by OTLP, log lines as they are. */
export function telemetryPart({ environment: { telemetry, monitoring } }: PartContext): Part[] {
  if (telemetry === undefined) return [];
  const { traces, logs } = telemetry;
  const offers = [
    ...(traces === undefined ? [] : [offerOf('traces', { [ENV.otlpEndpoint]: traces.url }, traces)]),
    ...(logs === undefined ? [] : [offerOf('logs', { [ENV.logsUrl]: logs.url }, logs)]),
  ];
  const problems = problemsWhere({
    'telemetry.traces is given beside monitoring.jaeger, and a span goes to one of them; leave one out':
      traces !== undefined && monitoring.kind === 'standalone' && monitoring.jaeger,
    ...Object.fromEntries(Object.entries({ traces, logs }).map(unreachable)),
  });
  return [{ ...EMPTY_PART, name: 'telemetry', offers, problems }];
}

/** What the policies would not let through. The port behind a Service may be another one. */
function unreachable([name, keeper]: [string, Keeper | undefined]): [string, boolean] {
  const { port: given, protocol = '' } = keeper === undefined ? { port: '' } : new URL(keeper.url);
  const port = given === '' ? (protocol === 'https:' ? 443 : 80) : Number(given);
  const at = keeper?.at;
  return [
    `telemetry.${name}.url has port ${port}, which telemetry.${name}.at does not let through; add it to the ports`,
    Array.isArray(at) && !at.some(({ ports }) => ports.includes(port)),
  ];
}

function offerOf(name: string, env: Readonly<Record<string, string>>, { url, at }: Keeper): Offer {
  return { name, connect: () => ({ env, to: connectionsTo(url, at), secrets: [] }) };
}

function connectionsTo(url: string, at: Keeper['at']): Omit<Connection, 'from'>[] {
  if ('port' in at) {
    const { port, ...pods } = at;
    return [{ to: { kind: 'peer', ...pods }, ports: [port], calls: new URL(url).host }];
  }
  return at.map(({ cidr, ports }) => ({
    to: { kind: 'addresses', cidr },
    ports,
    calls: ports.map((port) => `${cidr}:${port}`).join(', '),
    byName: true,
  }));
}
