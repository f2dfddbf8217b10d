import { misspell, remove, twice } from './mutators.ts';
import type { Operator } from './operator.ts';

/** Whole objects that go, change their name or stand twice while something still counts on them. */
export const OBJECTS: readonly Operator[] = [
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
];
