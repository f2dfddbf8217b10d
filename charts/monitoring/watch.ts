import type { ServiceName } from '../../app/contract.ts';
import type { Environment } from '../environments/environment.ts';
import type { RedisBackup } from '../environments/redis.ts';
import { requiredReplicas } from '../redis/shape.ts';
import type { Objectives, ServiceSpec } from '../services/service.ts';
import { sizeOf, type WorkloadSize } from '../sizing.ts';

/** What rules, dashboards and runbooks need to know of one environment; nothing else reaches them. */
export interface Watch {
  readonly environment: string;
  readonly namespace: string;
  /** Where our own Prometheus lives; null where somebody else's watches. */
  readonly monitoringNamespace: string | null;
  readonly grafanaUrl: string;
  readonly services: readonly WatchedService[];
  /** Null where Redis is run by somebody else, who watches it. */
  readonly redis: WatchedRedis | null;
  /** Whether cert-manager's certificates are watched. */
  readonly certificates: boolean;
}

export interface WatchedService {
  readonly name: ServiceName;
  readonly description: string;
  readonly objectives: Objectives;
  readonly size: WorkloadSize;
  /** What the autoscaler holds, in percent of the request; null where nothing scales. */
  readonly targets: { readonly cpuPercent: number; readonly memoryPercent: number } | null;
  readonly usesRedis: boolean;
}

export interface WatchedRedis {
  /** Servers, the primary included. */
  readonly servers: number;
  /** Replicas without which no write is acknowledged. */
  readonly required: number;
  readonly persistent: boolean;
  readonly maxClients: number;
  readonly backup: RedisBackup | null;
}

/** The namespace of an environment's own monitoring. */
export function monitoringNamespaceOf({ namespace }: Pick<Environment, 'namespace'>): string {
  return `${namespace}-monitoring`;
}

/** Joins an environment and the catalog; null where nobody watches. */
export function watchOf(environment: Environment, catalog: readonly ServiceSpec[]): Watch | null {
  const { monitoring } = environment;
  if (monitoring.kind === 'off') return null;
  const standalone = monitoring.kind === 'standalone';
  return {
    environment: environment.name,
    namespace: environment.namespace,
    monitoringNamespace: standalone ? monitoringNamespaceOf(environment) : null,
    grafanaUrl: monitoring.grafanaUrl,
    services: catalog.map((service) => watchedService(service, environment)),
    redis: watchedRedis(environment),
    certificates: environment.edge.tls.kind !== 'none' && (!standalone || monitoring.certManager !== null),
  };
}

function watchedService(service: ServiceSpec, environment: Environment): WatchedService {
  const { scaling } = environment;
  return {
    name: service.name,
    description: service.description,
    objectives: service.objectives,
    size: sizeOf(service, environment),
    targets: scaling.kind === 'auto' ? { cpuPercent: scaling.cpuPercent, memoryPercent: scaling.memoryPercent } : null,
    usesRedis: service.calls.includes('redis'),
  };
}

function watchedRedis({ redis }: Environment): WatchedRedis | null {
  if (redis.kind === 'external') return null;
  return {
    servers: redis.kind === 'sentinel' ? 3 : 1,
    required: requiredReplicas(redis),
    persistent: redis.persistence.kind === 'volume',
    maxClients: redis.container.maxClients,
    backup: redis.persistence.kind === 'volume' ? redis.persistence.backup : null,
  };
}
