import type { Placement } from '../constructs/pod.ts';
import type { Peer } from '../constructs/traffic-policy.ts';
import type {
  AutoScaling,
  Edge,
  Mail,
  Promotion,
  RateLimit,
  RedisContainer,
  ResourcePolicy,
  Secrets,
  StandaloneMonitoring,
} from '../plan/environment.ts';
import { project } from '../project.ts';

/**
 * Values that staging and production share on purpose, so that a diff of the two shows policy only.
 * Targets and paces: design, "Numbers".
 */
export const AUTOSCALING: Omit<AutoScaling, 'kind' | 'minReplicas' | 'maxReplicas'> = {
  cpuPercent: 70,
  memoryPercent: 80,
  scaleDown: { windowSeconds: 300, percent: 50, periodSeconds: 60 },
  scaleUp: { windowSeconds: 60, percent: 100, periodSeconds: 30 },
};

export const MEASURED_RESOURCES: ResourcePolicy = {
  requests: { kind: 'measured', minimum: { cpuMillis: 100, memoryMiB: 128, ephemeralMiB: 1_024 } },
  limits: { cpuMillis: 1_000, memoryMiB: 1_024, ephemeralMiB: 2_048 },
};

/** Data to 512 MiB; the limit leaves room for the copy-on-write of a rewrite, replication buffers and clients. */
export const REDIS_CONTAINER: RedisContainer = {
  requests: { cpuMillis: 250, memoryMiB: 768, ephemeralMiB: 256 },
  limits: { cpuMillis: 1_000, memoryMiB: 1_280, ephemeralMiB: 512 },
  maxMemoryMiB: 512,
  maxClients: 1_000,
};

/** Who signs what people use. */
export const RELEASE_WORKFLOW: Promotion['signer'] = { kind: 'workflow', file: '.github/workflows/release.yml' };

/** Where Traefik's own Helm chart puts its pods by default. */
export const TRAEFIK: Peer = { namespace: 'traefik', podLabels: { 'app.kubernetes.io/name': 'traefik' } };

/** Per client address; the burst lets a page and its assets through at once. Compose limits a laptop the same way. */
export const RATE_LIMIT: RateLimit = { requestsPerMinute: 10, burst: 30 };

/** The container ports of Traefik's entry points in its Helm chart. */
export const TRAEFIK_LISTENERS = { http: 8_000, https: 8_443 } as const;

/** The same Traefik before both, limited and with its Middlewares. */
export const TRAEFIK_EDGE: Omit<Edge, 'host' | 'tls'> = {
  exposure: 'ingress',
  listeners: TRAEFIK_LISTENERS,
  className: 'traefik',
  rateLimit: RATE_LIMIT,
  trustedProxies: [],
  middlewares: true,
  controller: TRAEFIK,
  nodePort: null,
};

/** One Vault for all, a role in it for each. */
export function vaultAs(role: string): Secrets {
  const provider = { kind: 'vault', server: `https://vault.${project.domain}`, path: 'kv', role } as const;
  return { kind: 'external', store: { kind: 'SecretStore', name: 'vault', provider }, refreshInterval: '15m' };
}

/** The cluster that Argo CD itself runs in. */
export const OWN_CLUSTER = 'https://kubernetes.default.svc';

/** dist/ is rendered before anybody knows the cluster: `npm run doctor` and the one who applies it know the address. */
const UNKNOWN_CLUSTER = 'the address differs from cluster to cluster; put yours here, as a /32 for each';

/**
 * What a cluster of one's own is watched with. Alerts, mails and runbooks link to names below the environment's host; dist/ routes none of them.
 * Addresses are those of a typical private cluster: edit them for yours.
 */
export const monitoringAt = (host: string): Omit<StandaloneMonitoring, 'prometheusSize' | 'jaeger' | 'mail'> => ({
  kind: 'standalone',
  retentionDays: 35,
  storageClass: null,
  grafana: true,
  grafanaUrl: `https://grafana.${host}`,
  prometheusUrl: `https://prometheus.${host}`,
  alertmanagerUrl: `https://alertmanager.${host}`,
  // The Service's port and the one behind it: a policy sees the packet after the address was translated.
  apiServer: [{ cidr: '10.0.0.0/8', ports: [443, 6443], because: UNKNOWN_CLUSTER }],
  // Where cert-manager's own Helm chart puts its pods by default.
  certManager: {
    namespace: 'cert-manager',
    podLabels: { 'app.kubernetes.io/name': 'cert-manager' },
    service: 'cert-manager',
    port: 9402,
  },
});

/** One mail server for all; people tell the environments apart by sender. */
export function mailTo(environment: string): Mail {
  return {
    host: `smtp.${project.domain}`,
    port: 587,
    addresses: [{ cidr: '10.0.0.0/8', ports: [587], because: UNKNOWN_CLUSTER }],
    user: 'alerts',
    sender: `${environment}-alerts@${project.domain}`,
    page: [`oncall@${project.domain}`],
    ticket: [project.contact],
    heartbeat: `heartbeat-${environment}@${project.domain}`,
  };
}

export const ANYWHERE: Placement = { nodeSelector: {}, tolerations: [], affinity: null };
