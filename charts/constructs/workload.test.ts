import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { NAMESPACE, PROPS } from './workload.fixture.ts';
import { Workload, type WorkloadProps } from './workload.ts';

function manifestsWith(change: Partial<WorkloadProps> = {}) {
  return manifestsOf((chart) => new Workload(chart, 'authors', { ...PROPS, ...change }));
}

const inDeployment = (path: string, change: Partial<WorkloadProps> = {}) =>
  at(theOnly(manifestsWith(change), 'Deployment'), path);

const SELECTOR = { 'app.kubernetes.io/name': 'authors', 'app.kubernetes.io/instance': NAMESPACE };
const STATEFUL: Partial<WorkloadProps> = {
  controller: { kind: 'statefulset', replicas: 3, claim: { sizeGi: 5, storageClass: null }, parallel: true },
  autoscaler: null,
};

describe('the objects of a workload', () => {
  it('are account, configuration, Service, Deployment, disruption budget, autoscaler and policy, all of its name', () => {
    const names = manifestsWith().map((manifest) => `${manifest['kind']} ${at(manifest, 'metadata.name')}`);
    expect(names).toEqual([
      ...['ServiceAccount authors', 'ConfigMap authors', 'Service authors', 'Deployment authors'],
      ...['PodDisruptionBudget authors', 'HorizontalPodAutoscaler authors', 'NetworkPolicy authors-traffic'],
    ]);
  });

  it('carry the labels that they are given, and their namespace', () => {
    for (const manifest of manifestsWith()) {
      expect(at(manifest, 'metadata.labels')).toMatchObject({ ...SELECTOR, 'app.kubernetes.io/part-of': 'library' });
      expect(at(manifest, 'metadata.namespace')).toBe(NAMESPACE);
    }
  });

  it('are without a disruption budget, an autoscaler or a Service where none is given', () => {
    const bare = manifestsWith({ minAvailable: null, autoscaler: null, service: null });
    for (const kind of ['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'Service'])
      expect(namesOf(bare, kind)).toEqual([]);
  });

  it('share an account with other workloads where the pod names one', () => {
    const shared = manifestsWith({ pod: { ...PROPS.pod, account: 'library' } });
    expect(namesOf(shared, 'ServiceAccount')).toEqual([]);
    expect(at(theOnly(shared, 'Deployment'), 'spec.template.spec.serviceAccountName')).toBe('library');
  });
});

describe('the configuration of a workload', () => {
  const files = [
    { configMap: 'rules-a', mountPath: '/etc/rules', data: { 'a.yaml': 'a' } },
    { configMap: 'rules-b', mountPath: '/etc/rules', data: { 'b.yaml': 'b' } },
  ];
  const checksum = (change: Partial<WorkloadProps> = {}) =>
    at(inDeployment('spec.template.metadata.annotations', change), 'checksum/config');

  it('is the environment of the first container', () => {
    expect(at(theOnly(manifestsWith(), 'ConfigMap'), 'data')).toEqual(PROPS.env);
    expect(inDeployment('spec.template.spec.containers.0.envFrom')).toEqual([{ configMapRef: { name: 'authors' } }]);
  });

  it('is files, those of one folder in one volume', () => {
    const sources = files.map(({ configMap }) => ({ configMap: { name: configMap } }));
    expect(inDeployment('spec.template.spec.volumes', { files })).toEqual([
      { name: 'config-0', projected: { sources } },
    ]);
    expect(inDeployment('spec.template.spec.containers.0.volumeMounts', { files })).toEqual([
      { name: 'config-0', mountPath: '/etc/rules', readOnly: true },
    ]);
  });

  it('rolls the pods when it changes, whatever the order of its keys', () => {
    expect(checksum({ env: { ...PROPS.env, LOG_LEVEL: 'debug' } })).not.toBe(checksum());
    expect(checksum({ files })).not.toBe(checksum());
    expect(checksum({ env: { LOG_LEVEL: 'info', SERVICE: 'authors' } })).toBe(checksum());
  });
});

describe('the Service of a workload', () => {
  const service = (path: string, change: Partial<WorkloadProps> = {}) =>
    at(theOnly(manifestsWith(change), 'Service'), path);

  it('selects by the two stable labels only', () => {
    expect(service('spec.selector')).toEqual(SELECTOR);
    expect(service('spec.type')).toBe('ClusterIP');
  });

  it('opens a port on every node where it is asked to', () => {
    const change = { service: { ports: [{ name: 'http', port: 80 }], nodePort: 30_080 } };
    expect(service('spec.ports', change)).toEqual([{ name: 'http', port: 80, nodePort: 30_080 }]);
    expect(service('spec.type', change)).toBe('NodePort');
  });

  it('gives each pod a name, before it is ready where it must', () => {
    const change = { service: { ports: [{ name: 'peer', port: 7000 }], headless: true, namedUnready: true } };
    expect(service('spec', change)).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  });
});

describe('the controller of a workload', () => {
  it('leaves the number of pods to the autoscaler, or fixes it', () => {
    expect(inDeployment('spec')).not.toHaveProperty('replicas');
    expect(inDeployment('spec.replicas', { controller: { kind: 'deployment', replicas: 1, surgePercent: null } })).toBe(
      1,
    );
  });

  it('rolls out with a surge and without an unavailable pod, or stops the old pod first', () => {
    expect(inDeployment('spec')).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 } },
      minReadySeconds: 15,
      progressDeadlineSeconds: 900,
    });
    const controller = { kind: 'deployment', replicas: 1, surgePercent: null } as const;
    expect(inDeployment('spec.strategy', { controller })).toEqual({ type: 'Recreate' });
  });

  it('selects by the two stable labels, which its pods carry', () => {
    expect(inDeployment('spec.selector')).toEqual({ matchLabels: SELECTOR });
    expect(inDeployment('spec.template.metadata.labels')).toEqual(PROPS.labels);
  });

  it('may be a StatefulSet, with a volume for each pod', () => {
    const spec = at(theOnly(manifestsWith(STATEFUL), 'StatefulSet'), 'spec');
    expect(spec).toMatchObject({ serviceName: 'authors', replicas: 3, podManagementPolicy: 'Parallel' });
    expect(at(spec, 'volumeClaimTemplates.0.spec.resources.requests.storage')).toBe('5Gi');
  });

  it('may be a CronJob that runs one at a time, and only by hand where it is suspended', () => {
    const controller = {
      kind: 'cronjob',
      schedule: '17 * * * *',
      suspend: true,
      backoffLimit: 2,
      deadlineSeconds: 60,
    } as const;
    const spec = at(theOnly(manifestsWith({ controller, autoscaler: null }), 'CronJob'), 'spec');
    expect(spec).toMatchObject({ schedule: '17 * * * *', suspend: true, concurrencyPolicy: 'Forbid' });
    expect(at(spec, 'jobTemplate.spec')).toMatchObject({ backoffLimit: 2, activeDeadlineSeconds: 60 });
    expect(at(spec, 'jobTemplate.spec.template.metadata.labels')).toEqual(PROPS.labels);
  });

  it('mounts files of a ConfigMap that another workload makes', () => {
    const files = [{ configMap: 'shared', mountPath: '/etc/shared', data: { a: '1' }, shared: true }];
    expect(namesOf(manifestsWith({ files }), 'ConfigMap')).toEqual(['authors']);
    const source = inDeployment('spec.template.spec.volumes.0.projected.sources.0', { files });
    expect(source).toEqual({ configMap: { name: 'shared' } });
  });

  it('carries the annotations for the guardrails', () => {
    const annotations = { 'guardrails/drain': '30s' };
    expect(inDeployment('metadata.annotations', { annotations })).toEqual(annotations);
  });
});
