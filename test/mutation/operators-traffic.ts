import { misspell, remove, repeatFirst, replace, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const CONTAINER = 'spec/template/spec/containers/*';

/** Selectors, ports, addresses and probes that lead past what they should reach. */
export const TRAFFIC: readonly Operator[] = [
  {
    name: 'a label of a Service selector misspelt',
    kind: 'Service',
    path: 'spec/selector/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'a Service selector loses the label that tells the services apart',
    kind: 'Service',
    path: 'spec/selector',
    change: (value) =>
      value && typeof value === 'object' ? { 'app.kubernetes.io/instance': 'quotes-production' } : undefined,
  },
  { name: 'a Service leads to another port', kind: 'Service', path: 'spec/ports/*/targetPort', change: set(3000) },
  {
    name: 'a Service leads to a port name that is misspelt',
    kind: 'Service',
    path: 'spec/ports/*/targetPort',
    change: misspell,
  },
  { name: 'a Service listens on another port', kind: 'Service', path: 'spec/ports/0/port', change: set(8000) },
  { name: 'a Service speaks UDP', kind: 'Service', path: 'spec/ports/0/protocol', change: set('UDP') },
  {
    name: 'a label of the pods changes, the selector does not',
    kind: 'Deployment',
    path: 'spec/template/metadata/labels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'the selector changes, the pods do not',
    kind: 'Deployment',
    path: 'spec/selector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  { name: 'two workloads share a selector', kind: 'Deployment', path: '', change: (value) => withName(value, 'copy') },
  {
    name: 'an Ingress leads to a Service of another name',
    kind: 'Ingress',
    path: 'spec/rules/0/http/paths/0/backend/service/name',
    change: misspell,
  },
  {
    name: 'an Ingress leads to the port of the pods',
    kind: 'Ingress',
    path: 'spec/rules/0/http/paths/0/backend/service/port/number',
    change: set(5000),
  },
  {
    name: 'an Ingress names a middleware that is misspelt',
    kind: 'Ingress',
    path: 'metadata/annotations/traefik.ingress.kubernetes.io~router.middlewares',
    change: misspell,
  },
  { name: 'an Ingress route twice', kind: 'Ingress', path: 'spec/rules', change: repeatFirst },
  { name: 'a TLS secret of another name', kind: 'Ingress', path: 'spec/tls/0/secretName', change: misspell },
  { name: 'a headless Service gets an address', kind: 'Service', path: 'spec/clusterIP', change: remove },
  {
    name: 'the address of a called service is misspelt',
    kind: 'ConfigMap',
    path: 'data/USERS_URL',
    change: replace('users', 'usres'),
  },
  {
    name: 'the address of a called service has the port of the pods',
    kind: 'ConfigMap',
    path: 'data/QUOTES_URL',
    change: (value) => (typeof value === 'string' ? `${value.replace(/:\d+$/, '')}:5000` : undefined),
  },
  {
    name: 'the address of Redis is misspelt',
    kind: 'ConfigMap',
    path: 'data/REDIS_URL',
    change: replace('redis:6379', 'reids:6379'),
  },
  {
    name: 'a Sentinel is misspelt',
    kind: 'ConfigMap',
    path: 'data/REDIS_SENTINELS',
    change: replace('sentinel', 'sentniel'),
  },
  {
    name: 'a Sentinel has the port of Redis',
    kind: 'ConfigMap',
    path: 'data/REDIS_SENTINELS',
    change: replace(/26379/g, '6380'),
  },
  { name: 'a container port twice', kind: 'Deployment', path: `${CONTAINER}/ports`, change: repeatFirst },
  { name: 'a container port is renamed', kind: 'Deployment', path: `${CONTAINER}/ports/0/name`, change: misspell },
  {
    name: 'a container port is another number',
    kind: 'Deployment',
    path: `${CONTAINER}/ports/0/containerPort`,
    change: set(5001),
  },
  {
    name: 'a node port is taken twice',
    kind: 'Service',
    path: 'spec/ports',
    change: (value) => duplicateNodePort(value),
  },
  {
    name: 'a probe asks a port that nobody listens on',
    kind: 'Deployment',
    path: `${CONTAINER}/readinessProbe/httpGet/port`,
    change: set(8081),
  },
  {
    name: 'a probe asks a port name that does not exist',
    kind: 'Deployment',
    path: `${CONTAINER}/livenessProbe/httpGet/port`,
    change: set('health'),
  },
  {
    name: 'a probe asks a path that does not exist',
    kind: 'Deployment',
    path: `${CONTAINER}/readinessProbe/httpGet/path`,
    change: set('/ready'),
  },
];

function withName(value: unknown, suffix: string): unknown {
  if (typeof value !== 'object' || value === null || !('metadata' in value)) return undefined;
  const { metadata } = value as { metadata: { name: string } };
  return [value, { ...structuredClone(value), metadata: { ...metadata, name: `${metadata.name}-${suffix}` } }];
}

function duplicateNodePort(value: unknown): unknown {
  if (!Array.isArray(value) || value[0]?.nodePort === undefined) return undefined;
  return [...value, { ...value[0], name: 'second', port: 81 }];
}
