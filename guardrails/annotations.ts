/**
 * What manifests declare to the guardrails, as annotation keys. The rules know manifests, not constructs, so whatever they must know beyond the
 * Kubernetes API travels in the manifests themselves. This file imports nothing: charts/ writes these keys, the rules read them.
 * Manifests of other origins carry none of them; a rule that needs one then reports nothing.
 */

/** The prefix that the keys below carry. Another one is read too where the caller names it (`--annotation-prefix`). */
export const PREFIX = 'guardrails';

/** The key with the default prefix, for a key that carries one of these others. */
export function canonicalKey(key: string, prefixes: readonly string[]): string {
  for (const prefix of prefixes) {
    if (key.startsWith(`${prefix}/`)) return `${PREFIX}${key.slice(prefix.length)}`;
    const [role = '', ...rest] = key.split('.');
    if ((role === 'exempt' || role === 'metrics') && rest.join('.').startsWith(`${prefix}/`))
      return `${role}.${PREFIX}${key.slice(role.length + 1 + prefix.length)}`;
  }
  return key;
}

/** On any object: `exempt.guardrails/<rule-id>: <reason>` exempts the object from one rule. */
export const EXEMPTION_PREFIX = 'exempt.guardrails/';

/** On a Namespace: `metrics.guardrails/<source>: <lines>` declares a source of metrics outside the platform, in the format of `metrics` below. */
export const FOREIGN_METRICS_PREFIX = 'metrics.guardrails/';

/** On any object: where in our code it was built. A finding shows it. */
export const CONSTRUCT = 'guardrails/construct';

/** On the object that holds alerting rules: the names of the runbooks that are written, separated by blanks: `HighErrorRate PodsBelowMinReplicas`. */
export const RUNBOOKS = 'guardrails/runbooks';

/** On a Namespace: what the environment that lives in it has and promises. */
export const NAMESPACE = {
  /** `production`: the environment's name; namespaces with the same name are one environment and share its budget. */
  environment: 'guardrails/environment',
  /** Nodes of the environment, and what one node can allocate: `3`, `4`, `16Gi`, `50Gi`, `110`. */
  budgetNodes: 'guardrails/budget-nodes',
  budgetCpu: 'guardrails/budget-cpu',
  budgetMemory: 'guardrails/budget-memory',
  budgetEphemeralStorage: 'guardrails/budget-ephemeral-storage',
  budgetPods: 'guardrails/budget-pods',
  /** Persistent storage of the whole environment: `100Gi`. */
  budgetStorage: 'guardrails/budget-storage',
  /** Comma-separated words of PROMISES: what holds in this environment. */
  promises: 'guardrails/promises',
  /** Comma-separated Service types that the environment asks for beside ClusterIP: `NodePort,LoadBalancer`. */
  exposes: 'guardrails/exposes',
  /** What somebody else puts into this namespace before the platform starts, one a line: `Secret/redis: redis-password, other-key`. */
  provided: 'guardrails/provided',
  /** The pods that bring requests from outside to the Ingress and HTTPRoute backends of this namespace: `traefik: app.kubernetes.io/name=traefik`. */
  ingressController: 'guardrails/ingress-controller',
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
  acceptedOutage: 'guardrails/accepted-outage',
  /** Memory of one idle pod, measured: `72Mi`. */
  idleMemory: 'guardrails/idle-memory',
  /** Connections that one pod holds, by the Service it holds them to: `redis=3, postgres=10`. */
  poolSizes: 'guardrails/pool-sizes',
  /** What it promises, in percent and seconds: `availability=99.9, p95=0.5, p99=1`. */
  objectives: 'guardrails/objectives',
  /** What the process itself takes to drain and stop after SIGTERM, beside any preStop hook: `25s`. */
  drain: 'guardrails/drain',
  /** The stores whose loss must not restart the pod; documents that liveness does not ask them: `redis`. */
  stores: 'guardrails/stores',
  /** What the process answers over HTTP, a port and its paths a line: `8080: /metrics /healthz /readyz`. */
  endpoints: 'guardrails/endpoints',
  /**
   * Connections that it opens and that no URL in its environment shows, comma-separated: a Service (`redis`, `redis.other-namespace`) with a
   * port or without, or addresses with a port: `redis:6379, 10.96.0.1/32:443`.
   */
  connectsTo: 'guardrails/connects-to',
  /**
   * The metrics that the workload exposes, one a line: `http_requests_total{service,method,route,status} counter`.
   * A histogram's line stands for its _bucket, _sum and _count.
   */
  metrics: 'guardrails/metrics',
} as const;
