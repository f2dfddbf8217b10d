import { recommendedLabels } from '../constructs/labels.ts';
import { groupBy } from '../constructs/lists.ts';
import { trafficOf } from './connection.ts';
import { type Environment, monitoringNamespaceOf } from './environment.ts';
import type {
  Joined,
  MetricsEndpoint,
  MonitoringContext,
  Part,
  PartContext,
  Plan,
  Platform,
  SecretSpec,
  WatchedService,
} from './part.ts';
import type { ServiceSpec } from './service-spec.ts';
import { sizeOf } from './sizing.ts';

export function plan(
  { project, catalog, parts: factories }: Omit<Platform, 'environments'>,
  environment: Environment,
): Plan {
  const context = { project, environment, catalog };
  const parts = factories.flatMap((factory) => factory(context));
  const metrics = parts.flatMap((part): readonly MetricsEndpoint[] => part.metrics);
  const offers = new Map(parts.flatMap((part) => part.offers).map((offer) => [offer.name, offer]));
  const services = new Map(catalog.map((service): [string, ServiceSpec] => [service.name, service]));
  const joined: Joined = { offers, metrics, services };
  const connections = parts.flatMap((part) => part.connections(joined));
  return {
    ...context,
    ...joined,
    parts,
    demands: parts.flatMap((part) => part.demands),
    secrets: mergedSecrets(parts.flatMap((part) => part.secrets)),
    certificates: parts.flatMap((part) => part.certificates ?? []),
    connections,
    traffic: trafficOf(connections),
    monitoring: monitoringContextOf(context, parts),
    labels: ({ namespace = environment.namespace, ...options }) =>
      recommendedLabels({ ...options, instance: namespace, partOf: project.name }),
  };
}

/** Several services may read one Secret: it is made once, with every key that somebody reads. */
function mergedSecrets(specs: readonly SecretSpec[]): SecretSpec[] {
  return [...groupBy(specs, ({ namespace = '', name }) => `${namespace}/${name}`).values()].map((same) => {
    const keys = same.flatMap((spec) => spec.keys);
    return { ...same[0], keys: [...groupBy(keys, ({ key }) => key).values()].map(([first]) => first) };
  });
}

export function plansOf(platform: Platform): Plan[] {
  return platform.environments.map((environment) => plan(platform, environment));
}

/** Joins an environment, its services and its parts; null where nobody watches. */
export function monitoringContextOf(
  { project, environment, catalog }: PartContext,
  parts: readonly Part[],
): MonitoringContext | null {
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return null;
  const standalone = monitoring.kind === 'standalone';
  return {
    project,
    environment: environment.name,
    namespace: environment.namespace,
    monitoringNamespace: standalone ? monitoringNamespaceOf(environment) : null,
    grafanaUrl: monitoring.grafanaUrl,
    logsUrl: environment.telemetry?.logs?.page ?? `${project.repository}/blob/main/docs/how-to/on-call.md`,
    services: catalog.map((service) => watchedService(service, environment)),
    certificates:
      (environment.edge.tls.kind !== 'none' || environment.internalTls !== undefined) &&
      (!standalone || monitoring.certManager !== null),
    metrics: parts.flatMap((part) => part.metrics),
    parts,
  };
}

function watchedService(service: ServiceSpec, environment: Environment): WatchedService {
  const size = sizeOf(service, environment);
  const names = new Set((service.metrics?.lines ?? []).map(metricName));
  return {
    name: service.name,
    description: service.description,
    objectives: service.objectives ?? null,
    scraped: service.metrics !== undefined,
    size,
    targets: size.autoscaled && environment.scaling.kind === 'auto' ? environment.scaling : null,
    kind: service.volume === undefined ? 'deployment' : 'statefulset',
    shows: (metric) => names.has(metric),
  };
}

/** The bare name of a line such as `http_requests_total{service} counter`. */
export function metricName(line: string): string {
  return line.replace(/[{ ].*$/, '');
}
