import type { Operator } from './operator.ts';
import { add, misspell, remove, rename, repeatFirst, replace, set, twice } from './slips.ts';

const POD = 'spec/template/spec';
const CONTAINER = `${POD}/containers/*`;

/** What is deleted, renamed or pointed elsewhere while something still counts on it. */
export const REFERENCES: readonly Operator[] = [
  ...[
    'Service',
    'ConfigMap',
    'ServiceAccount',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'HorizontalPodAutoscaler',
    'Deployment',
    'StatefulSet',
    'Namespace',
    'Middleware',
    'Issuer',
    'SecretStore',
    'PriorityClass',
    'Role',
    'PrometheusRule',
    'ServiceMonitor',
  ].map((kind): Operator => ({ name: `the ${kind} is deleted`, kind, path: '', change: remove })),
  ...[
    'Service',
    'ConfigMap',
    'ServiceAccount',
    'Middleware',
    'Issuer',
    'SecretStore',
    'Deployment',
    'Role',
    'Namespace',
  ].map((kind): Operator => ({ name: `the ${kind} is renamed`, kind, path: 'metadata/name', change: misspell })),
  ...[
    'Service',
    'Deployment',
    'ConfigMap',
    'HorizontalPodAutoscaler',
    'NetworkPolicy',
    'PodDisruptionBudget',
    'ServiceAccount',
  ].map(
    (kind): Operator => ({ name: `the ${kind} loses its namespace`, kind, path: 'metadata/namespace', change: remove }),
  ),
  {
    name: 'an object is applied to a namespace of another spelling',
    kind: 'ConfigMap',
    path: 'metadata/namespace',
    change: misspell,
  },
  { name: 'the same object twice', kind: 'Service', path: '', change: twice },
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
  {
    name: 'an autoscaler scales another name',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/scaleTargetRef/name',
    change: misspell,
  },
  {
    name: 'an autoscaler scales another kind',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/scaleTargetRef/kind',
    change: set('StatefulSet'),
  },
  {
    name: 'a budget selects nothing',
    kind: 'PodDisruptionBudget',
    path: 'spec/selector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'envFrom names another ConfigMap',
    kind: 'Deployment',
    path: `${CONTAINER}/envFrom/*/configMapRef/name`,
    change: misspell,
  },
  {
    name: 'a key of a ConfigMap is misspelt',
    kind: 'Deployment',
    path: `${CONTAINER}/env/*/valueFrom/configMapKeyRef/key`,
    change: misspell,
  },
  { name: 'a Secret is misspelt', kind: 'Deployment', path: `${POD}/volumes/*/secret/secretName`, change: misspell },
  {
    name: 'a projected Secret is misspelt',
    kind: 'Deployment',
    path: `${POD}/volumes/*/projected/sources/*/secret/name`,
    change: misspell,
  },
  {
    name: 'a key of a Secret is misspelt',
    kind: 'Deployment',
    path: `${POD}/volumes/*/projected/sources/*/secret/items/*/key`,
    change: misspell,
  },
  {
    name: 'a key of a Secret is misspelt (variable)',
    kind: 'StatefulSet',
    path: `${CONTAINER}/env/*/valueFrom/secretKeyRef/key`,
    change: misspell,
  },
  {
    name: 'a mount names another volume',
    kind: 'Deployment',
    path: `${CONTAINER}/volumeMounts/0/name`,
    change: misspell,
  },
  { name: 'a volume is deleted', kind: 'Deployment', path: `${POD}/volumes/0`, change: remove },
  { name: 'a mount is deleted', kind: 'Deployment', path: `${CONTAINER}/volumeMounts/0`, change: remove },
  {
    name: 'a pod runs as an account that does not exist',
    kind: 'Deployment',
    path: `${POD}/serviceAccountName`,
    change: misspell,
  },
  {
    name: 'a StatefulSet is governed by another Service',
    kind: 'StatefulSet',
    path: 'spec/serviceName',
    change: misspell,
  },
  { name: 'a headless Service gets an address', kind: 'Service', path: 'spec/clusterIP', change: remove },
  { name: 'a priority class is misspelt', kind: 'Deployment', path: `${POD}/priorityClassName`, change: misspell },
  { name: 'a certificate names another issuer', kind: 'Certificate', path: 'spec/issuerRef/name', change: misspell },
  { name: 'a certificate goes to another Secret', kind: 'Certificate', path: 'spec/secretName', change: misspell },
  {
    name: 'an external secret names another store',
    kind: 'ExternalSecret',
    path: 'spec/secretStoreRef/name',
    change: misspell,
  },
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
  { name: 'a role binding names another role', kind: 'RoleBinding', path: 'roleRef/name', change: misspell },
  { name: 'a role binding names another account', kind: 'RoleBinding', path: 'subjects/0/name', change: misspell },
  { name: 'a variable twice', kind: 'Deployment', path: `${CONTAINER}/env`, change: repeatFirst },
  { name: 'a container port twice', kind: 'Deployment', path: `${CONTAINER}/ports`, change: repeatFirst },
  { name: 'a container twice', kind: 'Deployment', path: `${POD}/containers`, change: repeatFirst },
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
    name: 'a spread constraint counts other pods',
    kind: 'Deployment',
    path: `${POD}/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~name`,
    change: misspell,
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
  {
    name: 'a field of the environment in which it is read is misspelt',
    kind: 'Deployment',
    path: 'spec',
    change: rename('strategy', 'stratgey'),
  },
  {
    name: 'an argument uses a variable that is not defined',
    kind: 'Deployment',
    path: CONTAINER,
    change: add('args', ['--port=$(HTTP_PROT)']),
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
