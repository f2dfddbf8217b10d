import * as z from 'zod';
import { addressRange, cidr } from './networks.ts';
import { cron } from './schedules.ts';
import {
  anyUrl,
  containerSize,
  dnsLabel,
  duration,
  fitting,
  host,
  httpsUrl,
  IMAGE_TAG,
  line,
  mailAddress,
  matching,
  peer,
  port,
  SIZE,
  text,
  whole,
  word,
} from './schema.ts';

/** What runs: an exact tag and, once an image has been pushed, its digest. Written by `npm run promote`. */
export const release = z.strictObject({
  // The value of a label too, which begins and ends with a letter or a digit.
  tag: matching(
    new RegExp(`^${IMAGE_TAG}$`),
    'names no one image; give the exact tag that was pushed, which begins and ends with a letter or digit as a label does',
  ),
  /** `sha256:...`; null until a first image has been pushed, and then the exact tag stands alone. */
  digest: matching(
    /^sha256:[0-9a-f]{64}$/,
    'is not sha256: and 64 hexadecimal digits; copy it from the push',
  ).nullable(),
});

/** How requests come in from outside the cluster. */
export const edge = z.strictObject({
  /** `ingress`: networking.k8s.io Ingress. `gateway`: Gateway API with the same routes. `none`: nobody comes in but by a node port or `kubectl port-forward`. */
  exposure: z.enum(['ingress', 'gateway', 'none']),
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
  /**
   * Networks of the proxies before the ingress controller, whose X-Forwarded-For names the client that is limited; empty where clients reach the
   * controller themselves. The controller has to trust the same networks (Traefik: `forwardedHeaders.trustedIPs` of its entry points).
   */
  trustedProxies: z.array(cidr),
  /** Whether Traefik's Middlewares of the addons are installed; an Ingress that names a missing one answers 404. */
  middlewares: z.boolean(),
  /** The pods of the ingress controller: the only ones outside that reach the services' HTTP port. */
  controller: peer,
  /** A port on every node that leads to the service that answers on `/`; null where none is wanted. */
  nodePort: whole(30_000, 32_767).nullable(),
});

const secretProvider = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('vault'), server: httpsUrl, path: word, role: word }),
  z.strictObject({ kind: z.literal('aws'), region: word }),
  z.strictObject({ kind: z.literal('gcp'), project: word }),
]);

/** Where secret values come from. */
export const secrets = z.discriminatedUnion('kind', [
  /** Values that stand in dist/, marked as such, because nothing there is worth stealing: the prefix and the name of the key. */
  z.strictObject({ kind: z.literal('literal'), prefix: line }),
  /** Values in a vault, copied by the External Secrets operator: nothing secret is in git. */
  z.strictObject({
    kind: z.literal('external'),
    store: z.strictObject({
      kind: z.enum(['SecretStore', 'ClusterSecretStore']),
      name: host,
      provider: secretProvider,
    }),
    /** How often the operator looks for a new value, in Go's notation. */
    refreshInterval: duration,
  }),
]);

/** How alerts reach people. The password is a file from a secret. */
const mail = z.strictObject({
  host,
  /** A port that speaks STARTTLS: 587. */
  port,
  /** Where the host may be found: no selector can name a server outside the cluster. */
  addresses: z.array(addressRange),
  user: line,
  sender: mailAddress,
  /** Who is woken up. */
  page: z.array(mailAddress).min(1, { error: 'is empty: nobody would be woken up; give an address' }),
  /** Who looks at it in working hours. */
  ticket: z.array(mailAddress).min(1, { error: 'is empty: warnings would go nowhere; give an address' }),
  /** A mailbox that raises the alarm when the watchdog's mail stops coming; null where nobody offers one. */
  heartbeat: mailAddress.nullable(),
});

/** How the environment is watched. */
export const monitoring = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('off') }),
  /** Built-in APIs only: Prometheus, Alertmanager, kube-state-metrics, Grafana in `<namespace>-monitoring`. */
  z.strictObject({
    kind: z.literal('standalone'),
    /** Days of metrics; longer than the error budget's 30 days, or the budget could not be counted. */
    retentionDays: whole(1),
    /** What Prometheus gets; it grows with the number of pods that are scraped. */
    prometheusSize: z.strictObject({ ...SIZE.shape, storageGi: whole(1) }).superRefine(fitting),
    /** Class of every volume here; null for the cluster's default. */
    storageClass: host.nullable(),
    grafana: z.boolean(),
    jaeger: z.boolean(),
    /** Where people open each; links in alerts and mails lead there. Nothing here publishes them: a VPN or a proxy that logs people in does. */
    grafanaUrl: anyUrl,
    prometheusUrl: anyUrl,
    alertmanagerUrl: anyUrl,
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

/** Who takes what the services send: its pods, or its addresses where no selector can name it. */
const keeper = z.strictObject({
  /** `http://collector.telemetry:4318` for traces; for lines the whole address to which they are posted as JSON. */
  url: anyUrl,
  /** Where that is, for the network policies: its pods, or its addresses where no selector can name them. */
  at: z.union([z.array(addressRange).min(1), z.strictObject({ ...peer.shape, port })]),
});

export const telemetry = z.strictObject({
  /** By OTLP over HTTP. */
  traces: z.exactOptional(keeper),
  /** One JSON object a line, as on standard output: VictoriaLogs, Vector and Fluent Bit take it so. Links of the dashboards lead to `page`. */
  logs: z.exactOptional(keeper.extend({ page: anyUrl })),
});

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
      region: word,
      bucket: word,
      /** Where the endpoint is: decides the egress of the jobs. */
      addresses: z.array(addressRange),
    }),
  ]),
});
const volume = z.strictObject({
  kind: z.literal('volume'),
  sizeGi: whole(1),
  /** Null for the cluster's default class. */
  storageClass: host.nullable(),
  backup: backup.nullable(),
});
const redisContainer = z
  .strictObject({
    ...SIZE.shape,
    /** Data Redis may hold; refuses writes above (noeviction). The rest of the limit is for forks, buffers and fragmentation. */
    maxMemoryMiB: whole(1),
    maxClients: whole(1),
  })
  .superRefine(fitting);

/** How the environment keeps its data. */
export const redis = z.discriminatedUnion('kind', [
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
    sentinelContainer: containerSize,
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
