/**
 * What the application and its manifests agree on: names, ports, paths, environment keys, metric names.
 * It imports nothing, and it is the only file of app/ that charts/ may import: a name that changes here changes on both sides.
 */

/** Every service of the platform; `SERVICE` selects the one that a process runs. */
export const SERVICES = ['front', 'users', 'quotes', 'search'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** What a service cannot start without: its configuration refuses a process that lacks one of these, and its manifests provide them. */
export interface ServiceNeeds {
  /** Its rights in the store, by data set. What is not named it may not touch. */
  readonly data: Readonly<Partial<Record<DataSet, DataRight>>>;
  /** It guards routes with the admin key. */
  readonly adminKey: boolean;
  /** It can fill an empty store with sample data. */
  readonly seeds: boolean;
  /** The services whose base URLs it needs. */
  readonly calls: readonly ServiceName[];
}

/** One line a service. */
export const SERVICE_NEEDS: Readonly<Record<ServiceName, ServiceNeeds>> = {
  front: { data: { sessions: 'keep' }, adminKey: false, seeds: false, calls: ['users', 'quotes', 'search'] },
  users: { data: { users: 'write' }, adminKey: true, seeds: false, calls: [] },
  quotes: { data: { quotes: 'write' }, adminKey: true, seeds: true, calls: [] },
  search: { data: { quotes: 'follow' }, adminKey: false, seeds: false, calls: [] },
};

/** Sets of records in the store: every key of one begins with its name as a hash tag, `{quotes}:`, and no service touches another key. */
export const DATA_SETS = ['users', 'quotes'] as const;

/** The same, and the values that expire by themselves: nobody counts or backs them up for their own sake. */
export type DataSet = (typeof DATA_SETS)[number] | 'sessions';

/** What a service does with a data set: it reads and writes all of it, only follows it, or keeps values that expire in it. */
export type DataRight = 'write' | 'follow' | 'keep';

/** What anyone who follows a data set reads of it: records, their ids in order, the stream of changes. Nothing else of it is theirs. */
export const FOLLOWED_KEYS = ['data', 'ids', 'changes'] as const;

/** Keys of a data set that its backups count: the hash of its records, and how often it was written where others follow it. */
export const COUNTED_KEYS = { records: 'data', version: 'version' } as const;

/**
 * The library of functions that every server of the store loads at its start: no service may send a script of its own.
 * A server without it answers `ERR Function not found`, and a service then 503.
 */
export const STORE_LIBRARY = { name: 'quotes', file: 'app/store-functions.lua' } as const;

/** The functions of STORE_LIBRARY: each is one write. */
export const STORE_FUNCTIONS = { create: 'create_record', replace: 'replace_record', remove: 'remove_record' } as const;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** TCP ports. `http` and `admin` are what a container listens on, `service` is what a Service listens on. */
export const PORTS = {
  http: 5000,
  /** Metrics and probes; no Service port that the Ingress knows leads here. */
  admin: 8080,
  service: 80,
  redis: 6379,
  sentinel: 26379,
  redisExporter: 9121,
} as const;

/** Names of the ports above, as container ports, Service ports and scrape rules use them (at most 15 characters, RFC 6335). */
export const PORT_NAMES = {
  http: 'http',
  admin: 'admin',
  redis: 'redis',
  sentinel: 'sentinel',
  redisExporter: 'metrics',
} as const;

/** Paths on the admin port. */
export const ADMIN_PATHS = { metrics: '/metrics', live: '/healthz', ready: '/readyz' } as const;

/** Paths on the HTTP port that every service answers. */
export const COMMON_PATHS = { root: '/', health: '/health', openapi: '/openapi.json' } as const;

/** The prefix under which the Ingress finds each API; the front takes everything else. */
export const API_PREFIXES = { users: '/users', quotes: '/quotes', search: '/search' } as const satisfies Partial<
  Record<ServiceName, string>
>;

/** The front's pages: never below an API's prefix, or the Ingress would send them to that API. */
export const FRONT_PATHS = {
  home: '/',
  browse: '/browse',
  find: '/find',
  docs: '/docs',
  session: '/session',
  language: '/language',
  assets: '/assets',
} as const;

/**
 * Below the prefix of an API that asks for admin keys, what concerns the keys themselves: no id begins with a hyphen.
 * `key` tells whose key was sent, `audit` what was done with any.
 */
export const ADMIN_API = { key: '/-/key', audit: '/-/audit' } as const;

/** Keys of the process environment: read once, at start, by app/src/runtime/config.ts. */
export const ENV = {
  service: 'SERVICE',
  environment: 'ENVIRONMENT',
  version: 'APP_VERSION',
  logLevel: 'LOG_LEVEL',
  /** Address on which both ports listen; without it, every address. */
  listenHost: 'LISTEN_HOST',
  httpPort: 'HTTP_PORT',
  adminPort: 'ADMIN_PORT',
  /** `redis://host:port/db`; exactly one of this, the Sentinels and the Cluster nodes is set. */
  redisUrl: 'REDIS_URL',
  /** In place of the URL, as the original project has it. */
  redisHost: 'REDIS_HOST',
  redisPort: 'REDIS_PORT',
  /** `host:port,host:port,...` of the Sentinels. */
  redisSentinels: 'REDIS_SENTINELS',
  /** The name under which the Sentinels watch the primary. */
  redisSentinelPrimary: 'REDIS_SENTINEL_PRIMARY',
  /** `host:port,...` of some nodes of a Redis Cluster. */
  redisClusterNodes: 'REDIS_CLUSTER_NODES',
  /** The ACL user; without it, the default user. */
  redisUsername: 'REDIS_USERNAME',
  /**
   * Replicas that must have a write on their disk, besides the primary, before it is acknowledged (WAITAOF); 0 for the
   * primary's disk alone. Not set for a store without an append-only file.
   */
  redisWaitAofReplicas: 'REDIS_WAIT_AOF_REPLICAS',
  /**
   * Replicas that must follow the primary for its reads to count: those that an acknowledgement does not need, so that no
   * other primary can acknowledge a write meanwhile. 0 where all replicas acknowledge, or nobody can take over.
   */
  redisReadReplicas: 'REDIS_READ_REPLICAS',
  /** Replicas that must hold a write in memory before it is acknowledged (WAIT): for a store without an append-only file. */
  redisWaitReplicas: 'REDIS_WAIT_REPLICAS',
  /** Laptop only: in a cluster, secrets are files in `SECRETS_DIR`, so that they can be rotated without a restart. */
  redisPassword: 'REDIS_PASSWORD',
  adminKey: 'ADMIN_KEY',
  /** Named keys, as in the file of the same purpose, with `;` between them. */
  adminKeys: 'ADMIN_KEYS',
  /** Folder of the mounted secret files; see SECRET_FILES. */
  secretsDir: 'SECRETS_DIR',
  /** Folder of this process' certificate; see TLS_FILES. With it, the HTTP port and the calls to other services are TLS, both ends with a certificate. */
  tlsDir: 'TLS_DIR',
  /** Whether the store and its Sentinels ask for that certificate as well. */
  redisTls: 'REDIS_TLS',
  /** What the pages show in place of the version and of the word Quotes. */
  frontVersion: 'FRONT_VERSION',
  frontTitle: 'FRONT_TITLE',
  /** The address that people see, where it differs from what the process sees. */
  publicUrl: 'PUBLIC_URL',
  /** Seconds between "not ready" and "no longer accepting": longer than the balancer takes to notice. */
  drainSeconds: 'DRAIN_SECONDS',
  /** Hard limit in seconds for the whole shutdown; below the grace period of the pod. */
  shutdownSeconds: 'SHUTDOWN_SECONDS',
  /** Whether the seed quotes are loaded into an empty store. */
  seed: 'SEED',
  /** Whether secrets may be missing or short: where nothing is worth stealing. */
  defaultSecrets: 'DEFAULT_SECRETS',
  /** Whether people reach the platform without TLS: browsers are then not told to insist on it. */
  plainHttp: 'PLAIN_HTTP',
  /** Size in bytes of /tmp (its `sizeLimit`): what `system_disk_usage_percent` divides by. */
  tmpBytes: 'TMP_SIZE_BYTES',
  /** Requests that one process serves at once before it refuses further ones with 503. */
  maxInFlight: 'MAX_IN_FLIGHT',
  /** OpenTelemetry's own name; traces are exported when it is set. */
  otlpEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  /** Where log lines are posted as they are, beside standard output. */
  logsUrl: 'LOGS_URL',
} as const;

/** The environment key that carries the base URL of a called service: `USERS_URL`. */
export const URL_ENV = Object.fromEntries(SERVICES.map((name) => [name, `${name.toUpperCase()}_URL`])) as {
  readonly [Name in ServiceName]: `${Uppercase<Name>}_URL`;
};

/** What an admin key may open. */
export const SCOPES = ['users', 'quotes'] as const;
export type AdminScope = (typeof SCOPES)[number];

/** Where a cluster mounts the secret files. */
export const SECRETS_DIR = '/run/secrets/app';

/** Files in `SECRETS_DIR`. The previous admin key is accepted too while a rotation is under way; it may be absent or empty. */
export const SECRET_FILES = {
  adminKey: 'admin-key',
  adminKeyPrevious: 'admin-key-previous',
  /** Named keys with scopes, one a line: `<name> <scope>[,<scope>] <key>`; may be absent. */
  adminKeys: 'admin-keys',
  redisPassword: 'redis-password',
} as const;

/** Where a cluster mounts the certificate with which a pod is known to the others. */
export const TLS_DIR = '/run/secrets/tls';

/** Files in `TLS_DIR`, as cert-manager names them in its Secrets. */
export const TLS_FILES = { certificate: 'tls.crt', key: 'tls.key', authority: 'ca.crt' } as const;

/** Metric names that the application exposes beside the defaults of prom-client. */
export const METRICS = {
  /** Requests answered. */
  requests: 'http_requests_total',
  /** Seconds from the head of a request to the end of its answer. */
  duration: 'http_request_duration_seconds',
  /** Requests under way. */
  inFlight: 'http_requests_in_flight',
  /** Open connections of clients. */
  connections: 'http_active_connections',
  /** Always 1; its labels say what runs. */
  info: 'app_info',
  /** CPU in use, as a percentage of the container's limit. */
  cpu: 'system_cpu_usage_percent',
  /** Memory in use, as a percentage of the container's limit. */
  memory: 'system_memory_usage_percent',
  /** The volume that the process writes to, as a percentage in use. */
  disk: 'system_disk_usage_percent',
  /** 1 while the client is ready for commands, else 0. */
  redisUp: 'redis_client_up',
  /** Attempts to connect to the store again. */
  redisReconnects: 'redis_client_reconnects_total',
  /** Errors of connections to the store. */
  redisErrors: 'redis_client_errors_total',
  /** Seconds between a change in the stream and its arrival in this replica's search index. */
  searchLag: 'search_index_lag_seconds',
  /** Quotes in the search index. */
  searchDocuments: 'search_index_documents',
  /** Stored quotes and changes that the search could not read and left out. */
  searchSkipped: 'search_index_skipped',
  /** Reads of stored records that were none any more, and were left out or answered with 500. */
  redisBroken: 'redis_records_broken_total',
  /** Requests refused because the bounded concurrency was reached. */
  shed: 'http_requests_shed_total',
  /** Connections that were ended for what their client did, by reason. */
  cut: 'http_connections_cut_total',
  /** Log lines that were dropped because their reader had stalled. */
  logDropped: 'log_lines_dropped_total',
  /** Metrics that could not be collected for a scrape, by name. */
  collectFailures: 'metrics_collect_failures_total',
} as const;

/** Upper bounds of the duration histogram in seconds; the SLO's 0.5 and 1 must be among them. */
export const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

/** Where the image may write: an emptyDir, for the root file system is read-only. */
export const TMP_DIR = '/tmp';
