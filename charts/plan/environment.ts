import type { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';
import type { Placement } from '../constructs/pod.ts';
import { cronProblem, timeZoneProblem } from './schedules.ts';
import {
  addressRange,
  anyUrl,
  dnsLabel,
  type Frozen,
  host,
  httpsUrl,
  mailAddress,
  peer,
  port,
  positive,
  RESOURCES,
  text,
  whole,
} from './schema.ts';

/** A cron expression that the API and Argo CD take. */
const cron = z.string().superRefine((schedule, context) => {
  const message = cronProblem(schedule);
  if (message !== null) context.addIssue({ code: 'custom', message });
});
const timeZone = z.string().superRefine((zone, context) => {
  const message = timeZoneProblem(zone);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

/** What runs: an exact tag and, once an image has been pushed, its digest. Written by `npm run promote`. */
const release = z.strictObject({
  tag: z.string().refine((tag) => tag !== '' && tag !== 'latest', {
    error: (issue) => `'${String(issue.input)}' names no one image; give the exact tag that was pushed`,
  }),
  /** `sha256:...`; null until a first image has been pushed, and then the exact tag stands alone. */
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, {
      error: (issue) => `'${String(issue.input)}' is not sha256: and 64 hexadecimal digits; copy it from the push`,
    })
    .nullable(),
});

/** What the cluster gives this environment, after the kubelet's and the system's share (node allocatable). */
const budget = z.strictObject({
  nodes: whole(1),
  /** Zones over which the nodes are spread evenly; 1 where there is only one, or nobody knows. */
  zones: whole(1),
  cpuMillisPerNode: whole(1),
  memoryMiBPerNode: whole(1),
  ephemeralMiBPerNode: whole(1),
  /** The kubelet's `maxPods`, less what daemons take. */
  podsPerNode: whole(1),
  /** Persistent volumes of the whole environment, in Gi. */
  storageGi: whole(0),
});

/** At most `percent` of the pods change in `periodSeconds`, and only when the figures of the last `windowSeconds` agree. */
const pace = z.strictObject({ windowSeconds: whole(0, 3_600), percent: whole(1), periodSeconds: whole(1, 1_800) });

/** How many pods of each service. */
const scaling = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), replicas: whole(1) }),
  z.strictObject({
    kind: z.literal('auto'),
    minReplicas: whole(1),
    maxReplicas: whole(1),
    /** Average use in percent of the request, above which the autoscaler adds pods. */
    cpuPercent: whole(1, 100),
    memoryPercent: whole(1, 100),
    scaleDown: pace,
    scaleUp: pace,
  }),
]);

/** Container requests and limits of services that bring none of their own. */
const resourcePolicy = z.strictObject({
  /** `fixed`: the same for all. `measured`: from the service's measured figures, never below the minimum. */
  requests: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fixed'), ...RESOURCES.shape }),
    z.strictObject({ kind: z.literal('measured'), minimum: RESOURCES }),
  ]),
  limits: RESOURCES,
});

/** One typed, shallow difference for one service. Always with a comment that says why. */
const serviceSizing = z.strictObject({
  minReplicas: z.exactOptional(whole(1)),
  maxReplicas: z.exactOptional(whole(1)),
  requests: z.exactOptional(RESOURCES),
  limits: z.exactOptional(RESOURCES),
});

const placement = z.strictObject({
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(
    z.strictObject({ key: text, value: z.string(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }),
  ),
  /** Wishes beyond the spread, as Kubernetes writes them; null for none. */
  affinity: z.custom<k8s.Affinity>((value) => typeof value === 'object').nullable(),
});

/** How requests come in from outside the cluster. */
const edge = z.strictObject({
  /** `ingress`: networking.k8s.io Ingress. `gateway`: Gateway API with the same routes. */
  exposure: z.enum(['ingress', 'gateway']),
  /** Ports on which a Gateway listens; Traefik wants those of its entry points (8000 and 8443 in its Helm chart). */
  listeners: z.strictObject({ http: port, https: port }),
  /** IngressClass or GatewayClass. */
  className: z.string(),
  host,
  /** Encryption at the edge: none, or a certificate that cert-manager obtains from an ACME issuer. */
  tls: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({
      kind: z.literal('issuer'),
      issuer: dnsLabel,
      /** ACME directory URL. */
      server: httpsUrl,
    }),
  ]),
  /** Requests that a client address may make, as Traefik's RateLimit counts them; null where clients are not limited. */
  rateLimit: z
    .strictObject({
      requestsPerMinute: whole(1),
      /** Requests accepted at once above the average: one page and its assets must fit. */
      burst: whole(1),
    })
    .nullable(),
  /** Whether Traefik's Middlewares of the addons are installed; an Ingress that names a missing one answers 404. */
  middlewares: z.boolean(),
  /** The pods of the ingress controller: the only ones outside that reach the services' HTTP port. */
  controller: peer,
  /** A port on every node that leads to the service that answers on `/`; null where none is wanted. */
  nodePort: whole(30_000, 32_767).nullable(),
});

const secretProvider = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('vault'), server: httpsUrl, path: text, role: text }),
  z.strictObject({ kind: z.literal('aws'), region: text }),
  z.strictObject({ kind: z.literal('gcp'), project: text }),
]);

/** Where secret values come from. */
const secrets = z.discriminatedUnion('kind', [
  /** Values that stand in dist/, marked as such: where nothing is worth stealing. By key; keys are unique over all secrets. */
  z.strictObject({ kind: z.literal('literal'), values: z.record(z.string(), z.string()) }),
  /** Values in a vault, copied by the External Secrets operator: nothing secret is in git. */
  z.strictObject({
    kind: z.literal('external'),
    store: z.strictObject({
      kind: z.enum(['SecretStore', 'ClusterSecretStore']),
      name: text,
      provider: secretProvider,
    }),
    /** How often the operator looks for a new value, in Go's notation. */
    refreshInterval: z.string().regex(/^([1-9]\d*[smh])+$/, {
      error: (issue) => `'${String(issue.input)}' would bring no rotated value; give a duration like 15m or 1h`,
    }),
  }),
]);

/** How alerts reach people. The password is a file from a secret. */
const mail = z.strictObject({
  host,
  /** A port that speaks STARTTLS: 587. */
  port,
  /** Where the host may be found: no selector can name a server outside the cluster. */
  addresses: z.array(addressRange),
  user: text,
  sender: mailAddress,
  /** Who is woken up. */
  page: z.array(mailAddress).min(1, { error: 'is empty: nobody would be woken up; give an address' }),
  /** Who looks at it in working hours. */
  ticket: z.array(mailAddress).min(1, { error: 'is empty: warnings would go nowhere; give an address' }),
  /** A mailbox that raises the alarm when the watchdog's mail stops coming; null where nobody offers one. */
  heartbeat: mailAddress.nullable(),
});

/** How the environment is watched. */
const monitoring = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  /** Built-in APIs only: Prometheus, Alertmanager, kube-state-metrics, Grafana in `<namespace>-monitoring`. */
  z.strictObject({
    kind: z.literal('standalone'),
    /** Days of metrics; longer than the error budget's 30 days, or the budget could not be counted. */
    retentionDays: whole(1),
    /** What Prometheus gets; it grows with the number of pods that are scraped. */
    prometheusSize: z.strictObject({ storageGi: whole(1), requests: RESOURCES, limits: RESOURCES }),
    /** Class of every volume here; null for the cluster's default. */
    storageClass: text.nullable(),
    grafana: z.boolean(),
    jaeger: z.boolean(),
    /** Where people open Grafana; links of alerts lead there. `http://localhost:3000` when they forward its port. */
    grafanaUrl: anyUrl,
    mail,
    /** Where the API server is, behind its Service too: discovery and kube-state-metrics read it, and no selector can name it. */
    apiServer: z.array(addressRange).min(1, {
      error: 'is empty: Prometheus would find no pod; give the addresses of the API server',
    }),
    /** cert-manager's pods and the Service that shows their metrics; null where nothing watches certificates. */
    certManager: z.strictObject({ ...peer.shape, service: dnsLabel, port }).nullable(),
  }),
  /** Objects for an installed Prometheus Operator, in the addons. */
  z.strictObject({
    kind: z.literal('operator'),
    /** Value of the label `release` by which the operator's Prometheus selects rules and monitors. */
    release: text,
    /** The pods of the operator's Prometheus, which must reach the metrics ports. */
    prometheus: peer,
    /** Where people open the cluster's Grafana; links of alerts lead there. */
    grafanaUrl: anyUrl,
    mail,
  }),
]);

/** Snapshots in a repository of restic: encrypted, each verified before it counts. */
const backup = z.strictObject({
  /** Cron expression, UTC. What is written after a run and before a loss of all volumes is lost. */
  schedule: cron,
  /** Hours, days and months of which the newest snapshot is kept. */
  keep: z.strictObject({ hourly: whole(1), daily: whole(1), monthly: whole(1) }),
  target: z.discriminatedUnion('kind', [
    /** A volume of the same cluster: lost with it, unless it is copied elsewhere. */
    z.strictObject({ kind: z.literal('volume'), sizeGi: whole(1) }),
    /** Object storage; its keys are in the secret. */
    z.strictObject({
      kind: z.literal('s3'),
      /** URL without a path: `https://s3.eu-central-1.amazonaws.com`. */
      endpoint: z.string(),
      region: text,
      bucket: text,
      /** Where the endpoint is: decides the egress of the jobs. */
      addresses: z.array(addressRange),
    }),
  ]),
});
const volume = z.strictObject({
  kind: z.literal('volume'),
  sizeGi: whole(1),
  /** Null for the cluster's default class. */
  storageClass: text.nullable(),
  backup: backup.nullable(),
});
const redisContainer = z.strictObject({
  requests: RESOURCES,
  limits: RESOURCES,
  /** Data Redis may hold; refuses writes above (noeviction). The rest of the limit is for forks, buffers and fragmentation. */
  maxMemoryMiB: whole(1),
  maxClients: whole(1),
});

/** How the environment keeps its data. */
const redis = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('standalone'),
    persistence: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('none') }), volume]),
    container: redisContainer,
  }),
  /** Three servers and three Sentinels: survives the loss of any one pod. */
  z.strictObject({
    kind: z.literal('sentinel'),
    /**
     * What an acknowledged write of three servers is on the disk of, beside the primary's.
     *
     * `all`: every replica. Nothing acknowledged is lost by any single fault, by a partition in two or by a restart of everything, because every
     * server that could be promoted has it. Two servers that lose their volumes at once cost nothing, three cost everything. The price: while any
     * server is away (a rollout, a drained node) or does not answer, writes are refused with 503; reads go on.
     *
     * `majority`: one of the two. Writes go on while one server is away. Nothing is lost by the loss of one server or by a rollout. What is lost: writes
     * that the new primary lacks after a failover without a dead primary, which are seconds of them (a partition that leaves the old primary with
     * a replica and the application, a frozen process or disk that wakes up, SENTINEL FAILOVER by hand), and what only two servers had when both fail.
     */
    durability: z.enum(['all', 'majority']),
    persistence: volume,
    container: redisContainer,
    sentinelContainer: z.strictObject({ requests: RESOURCES, limits: RESOURCES }),
  }),
  /** A managed or clustered Redis: its password is in the secret, its address is not secret and decides the egress. */
  z.strictObject({
    kind: z.literal('external'),
    target: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('url'), url: z.string() }),
      /** `host:port` of some nodes of a Redis Cluster. */
      z.strictObject({ kind: z.literal('cluster'), nodes: z.array(z.string()) }),
    ]),
    /** Null for the default user. */
    username: text.nullable(),
    addresses: z.array(addressRange),
    /** Replicas that must hold a write before it is acknowledged. */
    waitReplicas: whole(0),
  }),
]);

/** How the environment follows the repository: read by Argo CD's project and applications. */
const sync = z.strictObject({
  /** API server of the cluster that it runs in, as Argo CD knows it; `https://kubernetes.default.svc` is Argo CD's own. */
  server: httpsUrl,
  /** Branch or tag that is followed. */
  revision: text,
  /** When changes may arrive by themselves; none means always. A denied change waits, and so does self-healing. */
  windows: z.array(
    z.strictObject({
      kind: z.enum(['allow', 'deny']),
      schedule: cron,
      /** How long it lasts, in Go's notation: `62h`. */
      duration: z.string().regex(/^([1-9]\d*[smh])+$/, {
        error: (issue) => `'${String(issue.input)}' is not a duration; give one like 8h or 1h30m`,
      }),
      timeZone,
      /** Whether a person may synchronise all the same, for a rollback above all. */
      manualSync: z.boolean(),
    }),
  ),
});

/** One environment: policy only, a value and never a patch. What a service needs by itself is in its ServiceSpec; the plan joins them. */
export const ENVIRONMENT = z.strictObject({
  name: dnsLabel,
  namespace: dnsLabel,
  release,
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  /** Whether services load their sample data into an empty store. */
  seed: z.boolean(),
  /** The minor version of the cluster, as in '1.34': what its API server will say is asked of that version. */
  kubernetesVersion: z.string().regex(/^1\.(2[89]|[3-9]\d)$/, {
    error: (issue) =>
      `'${String(issue.input)}' is not a version that is supported; give a minor version from '1.28' on`,
  }),
  budget,
  /** Requests a second that one instance of a service must carry: measured figures are scaled to it. */
  promisedRate: positive(),
  scaling,
  resources: resourcePolicy,
  /** Pods of a service that a node drain must leave; null where one replica makes a budget pointless. */
  minAvailable: whole(1).nullable(),
  /** How pods of one service keep apart. `required` blocks scheduling (maxSkew 1), `preferred` only ranks nodes. */
  spread: z.strictObject({ hosts: z.enum(['none', 'preferred', 'required']), zones: z.enum(['none', 'preferred']) }),
  /** Rolling updates never go below the wanted number of pods; these say how fast they go. */
  rollout: z.strictObject({
    /** Extra pods while a new version rolls out, in percent of the pods (rounded up): without any, nothing could move. */
    surgePercent: whole(1, 100),
    /** A new pod must be ready this long before the next one is replaced. */
    minReadySeconds: whole(0),
    /** A rollout without progress for this long has failed. */
    progressDeadlineSeconds: whole(1),
  }),
  /** How long a pod may take to stop. `drain` < `shutdown` < `grace`. */
  stopping: z.strictObject({
    /** Unready, still serving: longer than the balancers take to notice. */
    drainSeconds: whole(0),
    /** The application's own hard limit. */
    shutdownSeconds: whole(0),
    /** After this the kubelet kills (terminationGracePeriodSeconds). */
    graceSeconds: whole(0),
  }),
  /** Who is evicted first under node pressure: the value of this environment's PriorityClass; null for the cluster's default. */
  priority: whole(-1_000_000_000, 1_000_000_000).nullable(),
  placement,
  edge,
  secrets,
  /** @default - no store of the platform's own */
  redis: z.exactOptional(redis),
  monitoring,
  sync,
  /** Services sized differently here, by name; empty for most environments. */
  sizing: z.record(z.string(), serviceSizing),
  /** Settings of parts that a platform adds to those of the kit, by part; each checks its own. @default - none */
  extra: z.exactOptional(z.record(z.string(), z.unknown())),
});

export type Environment = Omit<Frozen<z.infer<typeof ENVIRONMENT>>, 'placement'> & { readonly placement: Placement };
/** An environment that keeps data in a store of the kit. */
export type EnvironmentWithStore = Environment & { readonly redis: Redis };
export type Release = Environment['release'];
export type NodeBudget = Environment['budget'];
export type Scaling = Environment['scaling'];
export type AutoScaling = Extract<Scaling, { kind: 'auto' }>;
export type ResourcePolicy = Environment['resources'];
export type Rollout = Environment['rollout'];
export type Stopping = Environment['stopping'];
export type ServiceSizing = Environment['sizing'][string];
export type Edge = Environment['edge'];
export type RateLimit = NonNullable<Edge['rateLimit']>;
export type Secrets = Environment['secrets'];
export type ExternalSecretsSettings = Extract<Secrets, { kind: 'external' }>;
export type SecretProvider = ExternalSecretsSettings['store']['provider'];
export type Monitoring = Environment['monitoring'];
export type StandaloneMonitoring = Extract<Monitoring, { kind: 'standalone' }>;
export type Mail = StandaloneMonitoring['mail'];
export type Redis = NonNullable<Environment['redis']>;
export type RedisVolume = Extract<Extract<Redis, { kind: 'standalone' }>['persistence'], { kind: 'volume' }>;
export type RedisBackup = NonNullable<RedisVolume['backup']>;
export type BackupTarget = RedisBackup['target'];
export type RedisContainer = Extract<Redis, { kind: 'standalone' }>['container'];
export type Sync = Environment['sync'];

/** The cluster that Argo CD itself runs in. */
export const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** Whether secrets may be known to everyone: where nothing is worth stealing. */
export function allowsDefaultSecrets({ secrets }: Environment): boolean {
  return secrets.kind === 'literal';
}

/** The namespace of an environment's own monitoring. */
export function monitoringNamespaceOf({ namespace }: Pick<Environment, 'namespace'>): string {
  return `${namespace}-monitoring`;
}

/** The address that people type. */
export function publicUrlOf({ edge }: Pick<Environment, 'edge'>): string {
  return `${edge.tls.kind === 'none' ? 'http' : 'https'}://${edge.host}`;
}
