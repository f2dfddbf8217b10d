import { add, misspell, remove, rename, repeatFirst, set } from './mutators.ts';
import type { Operator } from './operator.ts';

const POD = 'spec/template/spec';
const CONTAINER = `${POD}/containers/*`;

/** What a field names and nobody makes: configuration, secrets, volumes, accounts, targets. */
export const REFERENCES: readonly Operator[] = [
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
  { name: 'a priority class is misspelt', kind: 'Deployment', path: `${POD}/priorityClassName`, change: misspell },
  { name: 'a certificate names another issuer', kind: 'Certificate', path: 'spec/issuerRef/name', change: misspell },
  { name: 'a certificate goes to another Secret', kind: 'Certificate', path: 'spec/secretName', change: misspell },
  {
    name: 'an external secret names another store',
    kind: 'ExternalSecret',
    path: 'spec/secretStoreRef/name',
    change: misspell,
  },
  { name: 'a role binding names another role', kind: 'RoleBinding', path: 'roleRef/name', change: misspell },
  { name: 'a role binding names another account', kind: 'RoleBinding', path: 'subjects/0/name', change: misspell },
  { name: 'a variable twice', kind: 'Deployment', path: `${CONTAINER}/env`, change: repeatFirst },
  { name: 'a container twice', kind: 'Deployment', path: `${POD}/containers`, change: repeatFirst },
  {
    name: 'a spread constraint counts other pods',
    kind: 'Deployment',
    path: `${POD}/topologySpreadConstraints/0/labelSelector/matchLabels/app.kubernetes.io~name`,
    change: misspell,
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
