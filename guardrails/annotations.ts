/**
 * What manifests say to the guardrails, as annotation keys. The rules know manifests, not constructs, so whatever they must know beyond the
 * Kubernetes API travels in the manifests themselves. This file imports nothing: charts/ writes these keys, the rules read them.
 * Manifests of other origins carry none of them; a rule that needs one then stays quiet.
 */

/** On any object: `excuse.platform.quotes/<rule-id>: <reason>` excuses the object from one rule. */
export const EXCUSE_PREFIX = 'excuse.platform.quotes/';

/** On a Namespace: `metrics.platform.quotes/<source>: <lines>` declares a source of metrics outside the platform, in the format of `metrics` below. */
export const FOREIGN_METRICS_PREFIX = 'metrics.platform.quotes/';

/** On any object: where in our code it was built. A finding shows it. */
export const CONSTRUCT = 'platform.quotes/construct';

/** On the object that holds alerting rules: the names of the runbooks that are written, separated by blanks: `HighErrorRate PodsBelowFloor`. */
export const RUNBOOKS = 'platform.quotes/runbooks';

/** On a Namespace: what the environment that lives in it has and promises. */
export const NAMESPACE = {
  /** `production`: the environment's name; namespaces with the same name are one environment and share its budget. */
  environment: 'platform.quotes/environment',
  /** Nodes of the environment, and what one node can allocate: `3`, `4`, `16Gi`, `50Gi`, `110`. */
  budgetNodes: 'platform.quotes/budget-nodes',
  budgetCpu: 'platform.quotes/budget-cpu',
  budgetMemory: 'platform.quotes/budget-memory',
  budgetEphemeralStorage: 'platform.quotes/budget-ephemeral-storage',
  budgetPods: 'platform.quotes/budget-pods',
  /** Persistent storage of the whole environment: `100Gi`. */
  budgetStorage: 'platform.quotes/budget-storage',
  /** Comma-separated words of PROMISES: what holds in this environment. */
  promises: 'platform.quotes/promises',
  /** Comma-separated Service types that the environment asks for beside ClusterIP: `NodePort,LoadBalancer`. */
  exposes: 'platform.quotes/exposes',
  /** What somebody else puts into this namespace before the platform starts, one a line: `Secret/redis: redis-password, other-key`. */
  provided: 'platform.quotes/provided',
  /** The pods that bring requests from outside to the Ingress and HTTPRoute backends of this namespace: `traefik: app.kubernetes.io/name=traefik`. */
  edgeController: 'platform.quotes/edge-controller',
} as const;

/** What an environment may promise. */
export const PROMISES = {
  /** No single replica without an accepted outage, disruption budgets, spread. */
  availability: 'availability',
  /** Every host of every route is served over TLS. */
  tls: 'tls',
  /** Images go by digest. */
  digests: 'digests',
  /** No literal Secret: a secret store or an operator brings them. */
  managedSecrets: 'managed-secrets',
  /** Pods exchange only what the manifests declare: default deny both ways, no policy wider than an edge. */
  isolation: 'isolation',
  /** Every namespace enforces the restricted Pod Security standard. */
  podSecurity: 'pod-security',
  /** Every workload is scraped. */
  monitoring: 'monitoring',
  /** A cluster of Kubernetes 1.28 takes everything. */
  oldestKubernetes: 'kubernetes-1.28',
} as const;
export type Promised = (typeof PROMISES)[keyof typeof PROMISES];

/** On a workload (Deployment, StatefulSet, ...). */
export const WORKLOAD = {
  /** The outage that is accepted for a singleton, and why: `2m: one Redis is enough for staging`. */
  acceptedOutage: 'platform.quotes/accepted-outage',
  /** Memory of one idle pod, measured: `72Mi`. */
  idleMemory: 'platform.quotes/idle-memory',
  /** Connections that one pod holds, by the Service it holds them to: `redis=3, postgres=10`. */
  connections: 'platform.quotes/connections',
  /** What it promises, in percent and seconds: `availability=99.9, p95=0.5, p99=1`. */
  objectives: 'platform.quotes/objectives',
  /** What the process itself takes to drain and stop after SIGTERM, beside any preStop hook: `25s`. */
  drain: 'platform.quotes/drain',
  /** The stores whose loss must not restart the pod; documents that liveness does not ask them: `redis`. */
  stores: 'platform.quotes/stores',
  /** What the process answers over HTTP, a port and its paths a line: `8080: /metrics /healthz /readyz`. */
  endpoints: 'platform.quotes/endpoints',
  /**
   * Connections that it opens and that no URL in its environment shows, comma-separated: a Service (`redis`, `redis.other-namespace`) with a
   * port or without, or addresses with a port: `redis:6379, 10.96.0.1/32:443`.
   */
  calls: 'platform.quotes/calls',
  /**
   * The metrics that the workload exposes, one a line: `http_requests_total{service,method,route,status} counter`.
   * A histogram's line stands for its _bucket, _sum and _count.
   */
  metrics: 'platform.quotes/metrics',
} as const;
