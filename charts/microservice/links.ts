import { k8s } from 'cdk8s-plus-28';
import { when } from '../constructs/lists.ts';
import type { ContainerProps, SecretFiles } from '../constructs/pod.ts';
import { type Connection, type Endpoint, toAddresses } from '../plan/connection.ts';
import type { Environment } from '../plan/environment.ts';
import { speaksTls } from '../plan/internal-tls.ts';
import type { Joined, PartContext } from '../plan/part.ts';
import {
  type Check,
  checkedPort,
  mainPortOf,
  type Named,
  type SecretUse,
  type ServiceSpec,
} from '../plan/service-spec.ts';

/** What one declared connection gives the service that declares it. */
interface Link {
  readonly env: Readonly<Record<string, string>>;
  readonly connections: readonly Connection[];
  readonly secrets: readonly SecretFiles[];
}

const NOTHING: Link = { env: {}, connections: [], secrets: [] };

export function linksOf(service: ServiceSpec, environment: Environment, joined: Joined): Link[] {
  const from = workloadOf(service, environment);
  return (service.connections ?? []).map((connection) =>
    'to' in connection
      ? linkTo(connection, service, { environment, joined })
      : { ...NOTHING, connections: toAddresses(from, connection.addresses, { byName: true }) },
  );
}

function linkTo(
  connection: Named,
  client: ServiceSpec,
  { environment, joined }: { readonly environment: Environment; readonly joined: Joined },
): Link {
  const from = workloadOf(client, environment);
  const called = joined.services.get(connection.to);
  const port = called === undefined ? null : mainPortOf(called);
  if (called !== undefined && port !== null) {
    const plain = { from, to: workloadOf(called, environment), ports: [port.number] };
    if (connection.env === undefined)
      return { ...NOTHING, connections: [{ ...plain, calls: `${called.name}:${port.service}` }] };
    const address = addressOf(connection, { port: port.service, tls: speaksTls(called, environment) });
    return { ...NOTHING, env: { [connection.env]: address }, connections: [plain] };
  }
  const offered = joined.offers.get(connection.to)?.connect(client);
  if (offered === undefined) return NOTHING;
  return { env: offered.env, secrets: offered.secrets, connections: offered.to.map((to) => ({ from, ...to })) };
}

function workloadOf({ name }: ServiceSpec, { namespace }: Environment): Endpoint {
  return { kind: 'workload', name, namespace };
}

export function addressOf(
  { to, as = 'url' }: Named,
  { port, tls }: { readonly port: number; readonly tls: boolean },
): string {
  if (as === 'address') return `${to}:${port}`;
  if (tls) return `https://${to}:${port}`;
  return port === 80 ? `http://${to}` : `http://${to}:${port}`;
}

const STARTUP_PERIOD_SECONDS = 2;
const DEFAULT_STARTUP_SECONDS = 30;

/**
 * Startup and liveness ask whether the process answers, never whether its store does: an outage of the store must not restart pods.
 * Readiness alone decides about traffic, and on SIGTERM it is the first to say no.
 */
export function probesOf(service: ServiceSpec): NonNullable<ContainerProps['probes']> {
  const { probes, startupSeconds = DEFAULT_STARTUP_SECONDS } = service;
  const live = probes?.live ?? { tcp: true };
  const probe = (check: Check, periodSeconds: number, failureThreshold: number): k8s.Probe => ({
    ...action(check, checkedPort(service, check) ?? 0),
    periodSeconds,
    timeoutSeconds: Math.min(periodSeconds, 3),
    failureThreshold,
  });
  // What nobody calls and nobody can ask runs as long as its process does.
  if (checkedPort(service, live) === undefined) return {};
  return {
    startup: probe(live, STARTUP_PERIOD_SECONDS, Math.ceil(startupSeconds / STARTUP_PERIOD_SECONDS)),
    liveness: probe(live, 10, 3),
    readiness: probe(probes?.ready ?? live, 5, 2),
  };
}

function action(check: Check, port: number): Pick<k8s.Probe, 'httpGet' | 'grpc' | 'tcpSocket'> {
  if ('http' in check) return { httpGet: { path: check.http, port: k8s.IntOrString.fromNumber(port), scheme: 'HTTP' } };
  return 'grpc' in check ? { grpc: { port } } : { tcpSocket: { port: k8s.IntOrString.fromNumber(port) } };
}

/** The files that a service finds in its secrets folder: only what it uses, its own and those of what it connects to. */
export function secretFilesOf(service: ServiceSpec, plan: Joined & Pick<PartContext, 'environment'>): SecretFiles[] {
  return [
    ...(service.secrets ?? []).flatMap(filesOf),
    ...linksOf(service, plan.environment, plan).flatMap(({ secrets }) => secrets),
  ];
}

/** Keys that may be missing stand apart, because a volume is optional as a whole: one of them may be there without the others. */
function filesOf({ name, keys }: SecretUse): SecretFiles[] {
  const required = keys.filter(({ optional }) => optional !== true).map(({ key }) => key);
  return [
    ...when(required.length > 0, { secret: name, keys: required, optional: false }),
    ...keys.flatMap(({ key, optional }) => (optional === true ? [{ secret: name, keys: [key], optional }] : [])),
  ];
}
