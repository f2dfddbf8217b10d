import { isRecord } from '../../guardrails/field.ts';
import { add, remove, replace, set } from './mutators.ts';
import type { Operator } from './operator.ts';

/** An object that comes in beside another. */
function beside(object: unknown): (value: unknown) => unknown {
  return (value) => [value, structuredClone(object)];
}

function inMap(change: (map: Readonly<Record<string, unknown>>) => unknown): (value: unknown) => unknown {
  return (value) => (isRecord(value) ? change(value) : undefined);
}

const POD = 'spec/template/spec';
const meta = (name: string) => ({ name });

/** Changes in good faith that brought clusters down elsewhere; what a change of two versions shows has fixtures of its own. */
export const INCIDENTS: readonly Operator[] = [
  {
    name: 'members of a group start one after the other',
    kind: 'StatefulSet',
    path: 'spec/podManagementPolicy',
    change: set('OrderedReady'),
  },
  { name: 'nothing is drained', kind: 'ConfigMap', path: 'data/DRAIN_SECONDS', change: set('0') },
  {
    name: 'a restart after one slow answer',
    kind: 'Deployment',
    path: `${POD}/containers/*/livenessProbe`,
    change: inMap((probe) => ({ ...probe, timeoutSeconds: 1, failureThreshold: 1 })),
  },
  {
    name: 'all pods are taken away at once',
    kind: 'HorizontalPodAutoscaler',
    path: 'spec/behavior/scaleDown',
    change: set({ stabilizationWindowSeconds: 0, policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }),
  },
  {
    name: 'every minute, without a deadline',
    kind: 'CronJob',
    path: 'spec',
    change: inMap(({ startingDeadlineSeconds: _, ...spec }) => ({ ...spec, schedule: '* * * * *' })),
  },
  {
    name: 'a job with a proxy beside it',
    kind: 'CronJob',
    path: 'spec/jobTemplate/spec/template/spec/containers',
    change: (value) => (Array.isArray(value) ? [...value, { ...value[0], name: 'proxy' }] : undefined),
  },
  {
    name: 'volumes that are made before the pods are placed',
    kind: 'StatefulSet',
    path: '',
    change: (value) => {
      if (!isRecord(value) || !isRecord(value['spec'])) return undefined;
      const { template, volumeClaimTemplates: claims } = value['spec'];
      if (!Array.isArray(claims) || !isRecord(template) || !isRecord(template['spec'])) return undefined;
      const zones = [{ maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }];
      const pod = { ...template['spec'], topologySpreadConstraints: zones };
      const volumeClaimTemplates = claims.map((claim) => ({
        ...claim,
        spec: { ...claim.spec, storageClassName: 'x' },
      }));
      const set = { ...value, spec: { ...value['spec'], template: { ...template, spec: pod }, volumeClaimTemplates } };
      const fast = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'x.example' };
      return [set, { ...fast, metadata: meta('x'), volumeBindingMode: 'Immediate' }];
    },
  },
  {
    name: 'a priority that all others lose against',
    kind: 'Namespace',
    path: '',
    change: beside({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: meta('first'),
      value: 999_999_999,
      globalDefault: true,
    }),
  },
  {
    name: 'broken pods stay',
    kind: 'PodDisruptionBudget',
    path: 'spec/unhealthyPodEvictionPolicy',
    change: remove,
  },
  {
    name: 'a secret that never rotates',
    kind: 'Deployment',
    path: `${POD}/containers/0`,
    change: add('envFrom', [{ secretRef: { name: 'redis' } }]),
  },
  {
    name: 'a renewal before the beginning',
    kind: 'Certificate',
    path: 'spec',
    change: inMap((spec) => ({ ...spec, duration: '2160h', renewBefore: '2400h' })),
  },
  {
    name: 'a webhook on everything',
    kind: 'Namespace',
    path: '',
    change: beside({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: meta('policy'),
      webhooks: [
        {
          name: 'all.policy.example',
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url: 'https://policy.example/validate' },
          rules: [{ apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'] }],
        },
      ],
    }),
  },
  {
    name: 'a pod waits for nobody',
    kind: 'Deployment',
    path: POD,
    change: add('initContainers', [
      { name: 'wait', image: 'busybox:1.37.0', command: ['sh', '-c', 'until nslookup ledger; do sleep 1; done'] },
    ]),
  },
  {
    name: 'an application whose deletion deletes all',
    kind: 'Namespace',
    path: '',
    change: (value) => [
      value,
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'x', namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
        spec: {
          project: 'default',
          source: { repoURL: 'https://example.org/x.git', path: 'dist', targetRevision: 'main' },
          destination: {
            server: 'https://kubernetes.default.svc',
            namespace: isRecord(value) && isRecord(value['metadata']) ? value['metadata']['name'] : '',
          },
        },
      },
    ],
  },
  {
    name: 'a threshold that no percentage reaches',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/(system_disk_usage_percent\S*) > 80/, '$1 > 800'),
  },
  {
    name: 'an alert that never ends',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/(system_disk_usage_percent\S*) > 80/, '$1 >= 0'),
  },
  {
    name: 'an alert about a namespace that does not exist',
    kind: 'ConfigMap',
    path: 'data/*',
    change: replace(/(system_disk_usage_percent\{namespace=")([^"]+)/, '$1$2s'),
  },
];
