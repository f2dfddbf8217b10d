import { describe, expect, it } from 'vitest';
import { at, manifestsOf, namesOf, theOnly } from '../../test/manifests.ts';
import { FIXED, PROPS, SIZE } from './microservice.fixture.ts';
import { Microservice, type MicroserviceProps } from './microservice.ts';

function manifestsWith(change: Partial<MicroserviceProps> = {}) {
  return manifestsOf((chart) => new Microservice(chart, 'authors', { ...PROPS, ...change }));
}

/** A field of the Deployment, or with `pod.` or `container.` of its pods or their container. */
function inDeployment(path: string, change: Partial<MicroserviceProps> = {}): unknown {
  const full = path
    .replace(/^container(?=\.)/, 'spec.template.spec.containers.0')
    .replace(/^pod(?=\.)/, 'spec.template.spec');
  return at(theOnly(manifestsWith(change), 'Deployment'), full);
}

const SELECTOR = { 'app.kubernetes.io/name': 'authors', 'app.kubernetes.io/instance': 'quotes-test' };

describe('the objects of a microservice', () => {
  it('are account, configuration, Service, Deployment, disruption budget and autoscaler, all of its name', () => {
    const names = manifestsWith().map((manifest) => `${manifest['kind']} ${at(manifest, 'metadata.name')}`);
    expect(names).toEqual([
      ...['ServiceAccount authors', 'ConfigMap authors', 'Service authors', 'Deployment authors'],
      ...['PodDisruptionBudget authors', 'HorizontalPodAutoscaler authors'],
    ]);
  });

  it('carry the recommended labels', () => {
    for (const manifest of manifestsWith()) {
      expect(at(manifest, 'metadata.labels')).toEqual({
        ...SELECTOR,
        'app.kubernetes.io/component': 'service',
        'app.kubernetes.io/part-of': 'quotes',
        'app.kubernetes.io/managed-by': 'cdk8s',
        'app.kubernetes.io/version': '1.2.3',
      });
    }
  });

  it('are without a disruption budget where there is one replica, for it would forbid every drain', () => {
    expect(namesOf(manifestsWith({ size: { ...SIZE, floor: 1 } }), 'PodDisruptionBudget')).toEqual([]);
  });

  it('are without a disruption budget where the environment wants none', () => {
    expect(namesOf(manifestsWith({ minAvailable: null }), 'PodDisruptionBudget')).toEqual([]);
  });

  it('are without an autoscaler where nothing scales', () => {
    expect(namesOf(manifestsWith(FIXED), 'HorizontalPodAutoscaler')).toEqual([]);
  });
});

describe('the account of a microservice', () => {
  it('has no token, in itself and in the pods', () => {
    const manifests = manifestsWith();
    expect(at(theOnly(manifests, 'ServiceAccount'), 'automountServiceAccountToken')).toBe(false);
    expect(inDeployment('pod.automountServiceAccountToken')).toBe(false);
    expect(inDeployment('pod.serviceAccountName')).toBe('authors');
  });
});

describe('the configuration of a microservice', () => {
  const data = (change: Partial<MicroserviceProps> = {}) => at(theOnly(manifestsWith(change), 'ConfigMap'), 'data');

  it('holds its environment and what the pod around it decides', () => {
    expect(data()).toEqual({
      SERVICE: 'authors',
      LOG_LEVEL: 'info',
      DRAIN_SECONDS: '10',
      SHUTDOWN_SECONDS: '30',
      TMP_SIZE_BYTES: '67108864',
    });
  });

  it('names the folder of the secret files where there are some', () => {
    const secretFiles = [{ secret: 'admin-key', keys: ['admin-key'], optional: false }];
    expect(data({ secretFiles })).toMatchObject({ SECRETS_DIR: '/run/secrets/quotes' });
  });

  it('is the environment of the process', () => {
    expect(inDeployment('container.envFrom')).toEqual([{ configMapRef: { name: 'authors' } }]);
    expect(inDeployment('container.env')).toBeUndefined();
  });
});

describe('the checksum on the pods', () => {
  const checksum = (change: Partial<MicroserviceProps> = {}) =>
    at(inDeployment('spec.template.metadata.annotations', change), 'checksum/config');

  it('changes with the configuration, so that the pods roll', () => {
    expect(checksum({ env: { ...PROPS.env, LOG_LEVEL: 'debug' } })).not.toBe(checksum());
    expect(checksum({ stopping: { ...PROPS.stopping, drainSeconds: 11 } })).not.toBe(checksum());
  });

  it('does not change with the order of the keys, or with anything else', () => {
    expect(checksum({ env: { LOG_LEVEL: 'info', SERVICE: 'authors' } })).toBe(checksum());
    expect(checksum({ image: 'registry.example.com/authors:2.0.0', minAvailable: null })).toBe(checksum());
  });
});

describe('the Service of a microservice', () => {
  const service = (path: string, change: Partial<MicroserviceProps> = {}) =>
    at(theOnly(manifestsWith(change), 'Service'), path);

  it('leads port 80 to the HTTP port of the pods, and nothing to the admin port', () => {
    expect(service('spec.ports')).toEqual([{ name: 'http', port: 80, targetPort: 5000 }]);
    expect(service('spec.type')).toBe('ClusterIP');
  });

  it('selects by the two stable labels only', () => {
    expect(service('spec.selector')).toEqual(SELECTOR);
  });

  it('opens a port on every node where it is asked to', () => {
    expect(service('spec.ports', { nodePort: 30080 })).toEqual([
      { name: 'http', port: 80, targetPort: 5000, nodePort: 30080 },
    ]);
    expect(service('spec.type', { nodePort: 30080 })).toBe('NodePort');
  });

  it('says nothing of external addresses', () => {
    expect(service('spec')).not.toHaveProperty('externalIPs');
  });
});

describe('the Deployment of a microservice', () => {
  it('leaves the number of pods to the autoscaler', () => {
    expect(inDeployment('spec')).not.toHaveProperty('replicas');
  });

  it('fixes the number of pods where nothing scales', () => {
    expect(inDeployment('spec.replicas', FIXED)).toBe(1);
  });

  it('selects by the two stable labels, which its pods carry', () => {
    expect(inDeployment('spec.selector')).toEqual({ matchLabels: SELECTOR });
    expect(inDeployment('spec.template.metadata.labels')).toMatchObject(SELECTOR);
  });

  it('gives its pods no label that depends on our code', () => {
    expect(Object.keys(inDeployment('spec.template.metadata.labels') as object)).not.toContain(
      'cdk8s.io/metadata.addr',
    );
  });

  it('rolls out with a surge and without an unavailable pod', () => {
    expect(inDeployment('spec.strategy')).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: '10%', maxUnavailable: 0 },
    });
    expect(inDeployment('spec.minReadySeconds')).toBe(15);
    expect(inDeployment('spec.progressDeadlineSeconds')).toBe(900);
  });

  it('carries the annotations for the guardrails', () => {
    const annotations = { 'guardrails/drain': '30s' };
    expect(inDeployment('metadata.annotations', { annotations })).toEqual(annotations);
  });

  it('runs the given image and pulls it once', () => {
    expect(inDeployment('container.image')).toBe('registry.example.com/authors:1.2.3');
    expect(inDeployment('container.imagePullPolicy')).toBe('IfNotPresent');
  });
});

describe('two microservices in one chart', () => {
  it('share no name and no selector', () => {
    const manifests = manifestsOf((chart) => {
      new Microservice(chart, 'authors', PROPS);
      new Microservice(chart, 'books', { ...PROPS, name: 'books' });
    });
    expect(namesOf(manifests, 'Deployment')).toEqual(['authors', 'books']);
    expect(at(theOnly(manifests, 'Service', 'books'), 'spec.selector')).toMatchObject({
      'app.kubernetes.io/name': 'books',
    });
  });
});
