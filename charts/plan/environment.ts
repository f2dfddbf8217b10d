import type { k8s } from 'cdk8s-plus-28';
import * as z from 'zod';
import type { Placement } from '../constructs/pod.ts';
import { edge, monitoring, redis, release, secrets, telemetry } from './environment-fields.ts';
import { cron, timeZone } from './schedules.ts';
import {
  dnsLabel,
  duration,
  type Frozen,
  httpsUrl,
  line,
  matching,
  positive,
  RESOURCES,
  text,
  whole,
  word,
} from './schema.ts';

/** What must be proven of an image before `npm run promote` puts it here, beside that the registry has it. */
const promotion = z.strictObject({
  /** Who must have signed the image and its provenance. */
  signer: z.discriminatedUnion('kind', [
    /** Without a key: this workflow file of the project's repository, run for the tag `v<version>`; its certificate says so. */
    z.strictObject({ kind: z.literal('workflow'), file: word }),
    /** The holder of a private key; `path` is the public one, in this repository. */
    z.strictObject({ kind: z.literal('key'), path: word }),
  ]),
  /** The controller of the cluster that asks the same of every pod here, by a policy in the addons. @default - none: signatures are asked once, by `npm run promote` */
  admission: z.exactOptional(z.enum(['kyverno', 'policy-controller'])),
  /** Where the same digest must have run this long, with its objectives kept; null where nothing comes before. */
  after: z.strictObject({ environment: dnsLabel, hours: whole(1) }).nullable(),
});

const price = z.number().nonnegative({ error: 'is below 0; give what it costs' });

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
  /**
   * Whose loss leaves room for every pod at the maximum, proved by placing them. `nothing`: a cluster so small that a lost node
   * leaves fewer pods until it is back. @default 'node and zone' - any node, and any zone where there are several
   */
  survives: z.exactOptional(z.enum(['node and zone', 'node', 'nothing'])),
  /** What requests cost, for `npm run plan`: money an hour for a core and for a GiB of memory. @default - no sums of money */
  prices: z.exactOptional(
    z.strictObject({
      currency: line,
      perCoreHour: price,
      perGiBHour: price,
    }),
  ),
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
    /** Null for CPU alone: a service that fills its memory without using CPU is then killed at its limit instead of getting another pod. */
    memoryPercent: whole(1, 100).nullable(),
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

const AFFINITIES: readonly string[] = ['nodeAffinity', 'podAffinity', 'podAntiAffinity'];
function isAffinity(value: unknown): boolean {
  return value?.constructor === Object && Object.keys(value).every((key) => AFFINITIES.includes(key));
}

const placement = z.strictObject({
  nodeSelector: z.record(z.string(), z.string()),
  tolerations: z.array(
    z.strictObject({ key: text, value: z.string(), effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }),
  ),
  /** Wishes beyond the spread, as Kubernetes writes them; null for none. */
  affinity: z
    .custom<k8s.Affinity>(isAffinity, { error: `is not an affinity; give ${AFFINITIES.join(', ')}, or null` })
    .nullable(),
});

/** How nodes get images. @default - `IfNotPresent`, and the nodes' own login at the registries */
const images = z.strictObject({
  /** `Always` asks the registry at each start of a container: where a login may be withdrawn. @default 'IfNotPresent' */
  pullPolicy: z.exactOptional(z.enum(['IfNotPresent', 'Always'])),
  /** Secrets of type `kubernetes.io/dockerconfigjson`, by name, that somebody keeps in both namespaces. @default - none */
  pullSecrets: z.exactOptional(z.array(dnsLabel)),
});

/** How the environment follows the repository: read by Argo CD's project and applications. */
const sync = z.strictObject({
  /** API server of the cluster that it runs in, as Argo CD knows it; `https://kubernetes.default.svc` is Argo CD's own. */
  server: httpsUrl,
  /** Branch or tag that is followed. */
  revision: word,
  /** Whether a person starts every synchronisation, and nothing heals by itself. @default false */
  manual: z.exactOptional(z.boolean()),
  /** When changes may arrive by themselves; none means always. A denied change waits, and so does self-healing. */
  windows: z.array(
    z.strictObject({
      kind: z.enum(['allow', 'deny']),
      schedule: cron,
      /** How long it lasts, in Go's notation: `62h`. */
      duration,
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
  /** @default - nothing but that the image is in the registry */
  promotion: z.exactOptional(promotion),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']),
  /** Whether services load their sample data into an empty store. */
  seed: z.boolean(),
  /** The minor version of the cluster, as in '1.34': what its API server will say is asked of that version. */
  kubernetesVersion: matching(
    /^1\.(2[89]|[3-9]\d)$/,
    "is not a version that is supported; give a minor version from '1.28' on",
  ),
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
  images: z.exactOptional(images),
  edge,
  secrets,
  /** @default - no store of the platform's own */
  redis: z.exactOptional(redis),
  /**
   * TLS between the edge, the services and the store, in which clients show a certificate too: cert-manager makes an authority of the
   * environment's own, and renews each certificate after two thirds of its days, when it still has more than the alert's 21. @default - plain: the network policies alone keep strangers out
   */
  internalTls: z.exactOptional(z.strictObject({ certificateDays: whole(64, 825) })),
  monitoring,
  /** Where services send traces and log lines that somebody else keeps. @default - lines on standard output alone; traces where the monitoring has a Jaeger */
  telemetry: z.exactOptional(telemetry),
  sync,
  /** Services sized differently here, by name; empty for most environments. */
  sizing: z.record(z.string(), serviceSizing),
  /** Settings of parts that a platform adds to those of the kit, by part; each checks its own. @default - none */
  extra: z.exactOptional(z.record(z.string(), z.unknown())),
});

export type Environment = Omit<Frozen<z.infer<typeof ENVIRONMENT>>, 'placement'> & { readonly placement: Placement };
export type EnvironmentWithStore = Environment & { readonly redis: Redis };
export type Release = Environment['release'];
export type Promotion = NonNullable<Environment['promotion']>;
export type NodeBudget = Environment['budget'];
export type Scaling = Environment['scaling'];
export type AutoScaling = Extract<Scaling, { kind: 'auto' }>;
export type ResourcePolicy = Environment['resources'];
export type Rollout = Environment['rollout'];
export type Stopping = Environment['stopping'];
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

/** Whether secrets may be known to everyone: where nothing is worth stealing. */
export function allowsDefaultSecrets({ secrets }: Environment): boolean {
  return secrets.kind === 'literal';
}

export function monitoringNamespaceOf({ namespace }: Pick<Environment, 'namespace'>): string {
  return `${namespace}-monitoring`;
}

/** The address that people type. */
export function publicUrlOf({ edge }: Pick<Environment, 'edge'>): string {
  return `${edge.tls.kind === 'none' ? 'http' : 'https'}://${edge.host}`;
}
