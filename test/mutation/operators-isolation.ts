import { add, misspell, remove, replace, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const POD = 'spec/template/spec';
const CONTAINER = `${POD}/containers/*`;
const CONTEXT = `${CONTAINER}/securityContext`;

/** Walls that get a hole: network, security, and what watches over them. */
export const ISOLATION: readonly Operator[] = [
  { name: 'privileged', kind: 'Deployment', path: `${CONTEXT}/privileged`, change: set(true) },
  { name: 'privileges may grow', kind: 'Deployment', path: `${CONTEXT}/allowPrivilegeEscalation`, change: set(true) },
  { name: 'capabilities are kept', kind: 'Deployment', path: `${CONTEXT}/capabilities`, change: remove },
  {
    name: 'a capability is added',
    kind: 'Deployment',
    path: `${CONTEXT}/capabilities`,
    change: add('add', ['NET_ADMIN']),
  },
  {
    name: 'every system call',
    kind: 'Deployment',
    path: `${CONTEXT}/seccompProfile`,
    change: set({ type: 'Unconfined' }),
  },
  { name: 'the container context is gone', kind: 'Deployment', path: CONTEXT, change: remove },
  { name: 'as root', kind: 'Deployment', path: `${CONTEXT}/runAsUser`, change: set(0) },
  { name: 'root is allowed', kind: 'Deployment', path: `${CONTEXT}/runAsNonRoot`, change: set(false) },
  { name: 'the network of the node', kind: 'Deployment', path: POD, change: add('hostNetwork', true) },
  { name: 'the processes of the node', kind: 'Deployment', path: POD, change: add('hostPID', true) },
  {
    name: 'a folder of the node',
    kind: 'Deployment',
    path: `${POD}/volumes/0`,
    change: set({ name: 'tmp', hostPath: { path: '/var/run' } }),
  },
  { name: 'a port of the node', kind: 'Deployment', path: `${CONTAINER}/ports/0`, change: add('hostPort', 5000) },
  { name: 'the token is mounted', kind: 'Deployment', path: `${POD}/automountServiceAccountToken`, change: set(true) },
  {
    name: 'the newest image, whichever',
    kind: 'Deployment',
    path: `${CONTAINER}/image`,
    change: replace(/:[^:]*$/, ':latest'),
  },
  { name: 'an image without a tag', kind: 'Deployment', path: `${CONTAINER}/image`, change: replace(/:[^:]*$/, '') },
  {
    name: 'one service of another version',
    kind: 'Deployment',
    path: `${CONTAINER}/image`,
    change: replace(/:[^:@]*/, ':0.9.0'),
  },
  {
    name: 'Pod Security is no longer enforced',
    kind: 'Namespace',
    path: 'metadata/labels/pod-security.kubernetes.io~enforce',
    change: remove,
  },
  {
    name: 'Pod Security is only baseline',
    kind: 'Namespace',
    path: 'metadata/labels/pod-security.kubernetes.io~enforce',
    change: set('privileged'),
  },
  { name: 'a load balancer', kind: 'Service', path: 'spec/type', change: set('LoadBalancer') },
  { name: 'a node port', kind: 'Service', path: 'spec/type', change: set('NodePort') },
  {
    name: 'a password in the configuration',
    kind: 'ConfigMap',
    path: 'data',
    change: add('REDIS_PASSWORD', 'hunter2hunter2'),
  },
  {
    name: 'a password in an address',
    kind: 'ConfigMap',
    path: 'data/REDIS_URL',
    change: replace('redis://', 'redis://default:hunter2@'),
  },
  {
    name: 'a key in a variable',
    kind: 'Deployment',
    path: CONTAINER,
    change: add('env', [{ name: 'ADMIN_KEY', value: 'correct-horse-battery' }]),
  },
  { name: 'a role that may do everything', kind: 'Role', path: 'rules/0/verbs', change: set(['*']) },
  { name: 'TLS is gone', kind: 'Ingress', path: 'spec/tls', change: remove },
  { name: 'TLS for another host', kind: 'Ingress', path: 'spec/tls/0/hosts/0', change: misspell },
  { name: 'a certificate for another host', kind: 'Certificate', path: 'spec/dnsNames/0', change: misspell },
  {
    name: 'a policy for pods that do not exist',
    kind: 'NetworkPolicy',
    path: 'spec/podSelector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  { name: 'a policy without DNS', kind: 'NetworkPolicy', path: 'spec/egress/0', change: remove },
  { name: 'DNS over UDP only misspelt', kind: 'NetworkPolicy', path: 'spec/egress/0/ports/0/port', change: set(5353) },
  {
    name: 'DNS somewhere else',
    kind: 'NetworkPolicy',
    path: 'spec/egress/0/to/0/namespaceSelector/matchLabels/kubernetes.io~metadata.name',
    change: misspell,
  },
  {
    name: 'a policy that opens the port of the Service',
    kind: 'NetworkPolicy',
    path: 'spec/ingress/0/ports/0/port',
    change: set(80),
  },
  { name: 'a policy that lets in nobody', kind: 'NetworkPolicy', path: 'spec/ingress/0', change: remove },
  {
    name: 'a policy that lets in a caller that does not exist',
    kind: 'NetworkPolicy',
    path: 'spec/ingress/0/from/0/podSelector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'a policy that lets out to somebody who does not exist',
    kind: 'NetworkPolicy',
    path: 'spec/egress/1/to/0/podSelector/matchLabels/app.kubernetes.io~name',
    change: misspell,
  },
  {
    name: 'a policy that lets out on another port',
    kind: 'NetworkPolicy',
    path: 'spec/egress/1/ports/0/port',
    change: set(5001),
  },
  {
    name: 'a policy that lets in everybody',
    kind: 'NetworkPolicy',
    path: 'spec/ingress',
    change: (value) => (Array.isArray(value) ? [{}] : undefined),
  },
  {
    name: 'a policy that lets out to everybody',
    kind: 'NetworkPolicy',
    path: 'spec/egress',
    change: (value) => (Array.isArray(value) && value.length > 0 ? [{}] : undefined),
  },
];
