import { add, remove, rename, replace, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const POD = 'spec/template/spec';
const CONTAINER = `${POD}/containers/*`;

/** Mistakes that every client sends on, and that show only in the cluster: refused there, dropped in silence, or felt by the data. */
export const QUIET: readonly Operator[] = [
  { name: 'a rollout left paused', kind: 'Deployment', path: 'spec', change: add('paused', true) },
  { name: 'updates by hand', kind: 'StatefulSet', path: 'spec', change: add('updateStrategy', { type: 'OnDelete' }) },
  {
    name: 'a volume that is only read',
    kind: 'StatefulSet',
    path: 'spec/volumeClaimTemplates/0/spec/accessModes',
    change: set(['ReadOnlyMany']),
  },
  { name: 'a volume of nobody', kind: 'StatefulSet', path: `${POD}/securityContext/fsGroup`, change: remove },
  {
    name: 'a volume that is not written to',
    kind: 'ConfigMap',
    path: 'data/redis.conf',
    change: replace('appendonly yes', 'appendonly no'),
  },
  {
    name: 'data that may be evicted',
    kind: 'ConfigMap',
    path: 'data/redis.conf',
    change: replace('noeviction', 'allkeys-lru'),
  },
  { name: 'a port that nobody asks', kind: 'ConfigMap', path: 'data/HTTP_PORT', change: set('5001') },
  { name: 'a resource of no API', kind: 'Role', path: 'rules/0/resources', change: set(['pod']) },
  {
    name: 'a policy that never scales',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/behavior/scaleUp/policies/0/value',
    change: set(0),
  },
  { name: 'a bound on nothing', kind: 'ResourceQuota', path: 'spec/hard', change: rename('limits.cpu', 'limit.cpu') },
  {
    name: 'a request for mem',
    kind: 'Deployment',
    path: `${CONTAINER}/resources/requests`,
    change: rename('memory', 'mem'),
  },
  {
    name: 'a version of no standard',
    kind: 'Namespace',
    path: 'metadata/labels',
    change: add('pod-security.kubernetes.io/enforce-version', '1.28'),
  },
  { name: 'the resolver of the node', kind: 'Deployment', path: `${POD}/dnsPolicy`, change: set('Default') },
  {
    name: 'a field newer than the oldest cluster',
    kind: 'Service',
    path: 'spec',
    change: add('trafficDistribution', 'PreferClose'),
  },
  {
    name: 'a field that no pod has',
    kind: 'Deployment',
    path: CONTAINER,
    change: add('env', [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.nam' } } }]),
  },
  { name: 'a day of no month', kind: 'CronJob', path: 'spec/schedule', change: set('0 0 31 2 *') },
  {
    name: 'a path without its slash',
    kind: 'Ingress',
    path: 'spec/rules/*/http/paths/*/path',
    change: (value) => (value === '/' || typeof value !== 'string' ? undefined : value.slice(1)),
  },
];
