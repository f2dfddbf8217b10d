import {
  ADMIN_PATHS,
  API_PREFIXES,
  COMMON_PATHS,
  ENV,
  FRONT_PATHS,
  METRICS,
  PORT_NAMES,
  PORTS,
  SECRET_FILES,
  SECRETS_DIR,
  SERVICE_NEEDS,
  type ServiceName,
  TLS_DIR,
  TMP_DIR,
  URL_ENV,
} from '../../app/contract.ts';
import { allowsDefaultSecrets } from '../plan/environment.ts';
import type { EnvContext, SecretUse, ServiceSpec } from '../plan/service-spec.ts';

/**
 * The metrics that rules and dashboards use, that our services show: `name{labels} type`, as the guardrails read them
 * (guardrails/annotations.ts, `metrics`). A histogram's line stands for its _bucket, _sum and _count.
 */
const COMMON_METRICS: readonly string[] = [
  `${METRICS.requests}{service,method,route,status} counter`,
  `${METRICS.duration}{service,method,route,le} histogram`,
  `${METRICS.inFlight}{service} gauge`,
  `${METRICS.connections}{service} gauge`,
  `${METRICS.shed}{service} counter`,
  `${METRICS.logDropped}{service} counter`,
  `${METRICS.info}{service,version,environment,node} gauge`,
  `${METRICS.cpu}{service} gauge`,
  `${METRICS.memory}{service} gauge`,
  `${METRICS.disk}{service} gauge`,
  'nodejs_eventloop_lag_p99_seconds{service} gauge',
  'process_resident_memory_bytes{service} gauge',
];

/** Beside the above, where a service uses Redis. */
const REDIS_CLIENT_METRICS: readonly string[] = [
  `${METRICS.redisUp}{service} gauge`,
  `${METRICS.redisReconnects}{service} counter`,
  `${METRICS.redisErrors}{service} counter`,
];

/** Beside the above, where a service holds the search index. */
export const SEARCH_METRICS: readonly string[] = [
  `${METRICS.searchLag}{service} gauge`,
  `${METRICS.searchDocuments}{service} gauge`,
];

/** What only the person who adds a service of ours knows; the rest follows from the contract of the application. */
export interface KoaService extends Pick<ServiceSpec, 'description' | 'measured' | 'startupSeconds'> {
  readonly name: ServiceName;
  /** Metrics beside those of every service. @default - none */
  readonly metrics?: readonly string[];
}

const TMP_MIB = 64;

/** The platform's promise (design, "Numbers"): 99.9 % availability, P95 below 500 ms, P99 below 1 s. */
const OBJECTIVES = { availabilityPercent: 99.9, p95Seconds: 0.5, p99Seconds: 1 };

/** Opens writes and the whole of /users; the previous one works too while a rotation goes on. */
export const ADMIN_KEY: SecretUse = {
  name: 'admin-key',
  keys: [
    { key: SECRET_FILES.adminKey, description: 'opens writes and the whole of /users', variable: ENV.adminKey },
    { key: SECRET_FILES.adminKeyPrevious, description: 'the admin key before a rotation', optional: true },
    { key: SECRET_FILES.adminKeys, description: 'named keys, one a line: name, scopes, key', optional: true },
  ],
};

/** A service of our own application: one image for all, told by its environment which one it is. */
export function koaService({ metrics = [], ...own }: KoaService): ServiceSpec {
  const needs = SERVICE_NEEDS[own.name];
  const route = routeOf(own.name);
  const stores = Object.keys(needs.data).length > 0;
  return {
    ...own,
    ports: { [PORT_NAMES.http]: PORTS.http, [PORT_NAMES.admin]: PORTS.admin },
    servicePort: PORTS.service,
    probes: { port: PORT_NAMES.admin, live: { http: ADMIN_PATHS.live }, ready: { http: ADMIN_PATHS.ready } },
    metrics: {
      port: PORT_NAMES.admin,
      path: ADMIN_PATHS.metrics,
      lines: [...COMMON_METRICS, ...(stores ? REDIS_CLIENT_METRICS : []), ...metrics],
    },
    routes: [route],
    paths: [...new Set([...Object.values(COMMON_PATHS), ...(route === '/' ? Object.values(FRONT_PATHS) : [route])])],
    connections: [
      // A name that is not in the contract has no variable: the name is what is reported.
      ...needs.calls.map((to) => ({ to, ...(to in URL_ENV && { env: URL_ENV[to] }) })),
      ...(stores ? [{ to: 'redis', perPod: 2, rights: needs.data }] : []),
      { to: 'traces', optional: true },
      { to: 'logs', optional: true },
    ],
    ...(needs.adminKey ? { secrets: [ADMIN_KEY] } : {}),
    secretsDir: SECRETS_DIR,
    tlsDir: TLS_DIR,
    scratch: { [TMP_DIR]: TMP_MIB },
    objectives: OBJECTIVES,
    env: (context) => environmentOf(own.name, route, context),
  };
}

/** The front answers wherever no API does. */
function routeOf(name: ServiceName): string {
  return (API_PREFIXES as Readonly<Partial<Record<ServiceName, string>>>)[name] ?? '/';
}

function environmentOf(name: ServiceName, route: string, context: EnvContext): Record<string, string> {
  const { environment, version, publicUrl, secretsDir } = context;
  const { stopping, logLevel, seed, edge } = environment;
  return {
    [ENV.service]: name,
    [ENV.environment]: environment.name,
    [ENV.version]: version,
    [ENV.logLevel]: logLevel,
    [ENV.httpPort]: String(PORTS.http),
    [ENV.adminPort]: String(PORTS.admin),
    [ENV.drainSeconds]: String(stopping.drainSeconds),
    [ENV.shutdownSeconds]: String(stopping.shutdownSeconds),
    [ENV.tmpBytes]: String(TMP_MIB * 1_024 * 1_024),
    ...(secretsDir === null ? {} : { [ENV.secretsDir]: secretsDir }),
    ...(environment.internalTls === undefined ? {} : { [ENV.tlsDir]: TLS_DIR }),
    ...(route === '/' ? { [ENV.publicUrl]: publicUrl } : {}),
    ...(SERVICE_NEEDS[name].seeds && seed ? { [ENV.seed]: 'true' } : {}),
    ...(allowsDefaultSecrets(environment) ? { [ENV.defaultSecrets]: 'true' } : {}),
    ...(edge.tls.kind === 'none' ? { [ENV.plainHttp]: 'true' } : {}),
  };
}
