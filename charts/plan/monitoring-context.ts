import { type AutoScaling, type Environment, monitoringNamespaceOf } from './environment.ts';
import type { MonitoringContext, Part, PartContext, WatchedService } from './part.ts';
import type { ServiceSpec } from './service-spec.ts';
import { sizeOf } from './sizing.ts';

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
    services: catalog.map((service) => watchedService(service, environment)),
    certificates: environment.edge.tls.kind !== 'none' && (!standalone || monitoring.certManager !== null),
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
    targets: size.autoscaled && environment.scaling.kind === 'auto' ? targetsOf(environment.scaling) : null,
    kind: service.volume === undefined ? 'deployment' : 'statefulset',
    shows: (metric) => names.has(metric),
  };
}

function targetsOf({ cpuPercent, memoryPercent }: AutoScaling) {
  return { cpuPercent, memoryPercent };
}

/** The bare name of a line such as `http_requests_total{service} counter`. */
export function metricName(line: string): string {
  return line.replace(/[{ ].*$/, '');
}
