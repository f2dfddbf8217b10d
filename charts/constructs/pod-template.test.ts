import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { FIXED, PROPS, SIZE } from './microservice.fixture.ts';
import { Microservice, type MicroserviceProps } from './microservice.ts';

function pod(path: string, change: Partial<MicroserviceProps> = {}): unknown {
  const manifests = manifestsOf((chart) => new Microservice(chart, 'authors', { ...PROPS, ...change }));
  return at(theOnly(manifests, 'Deployment'), `spec.template.spec.${path}`);
}

function container(path: string, change: Partial<MicroserviceProps> = {}): unknown {
  return pod(`containers.0.${path}`, change);
}

describe('the probes of a service', () => {
  it('ask the admin port: liveness and startup whether the process answers, readiness whether it may be sent requests', () => {
    expect(container('livenessProbe.httpGet')).toEqual({ path: '/healthz', port: 8080, scheme: 'HTTP' });
    expect(container('startupProbe.httpGet')).toEqual({ path: '/healthz', port: 8080, scheme: 'HTTP' });
    expect(container('readinessProbe.httpGet')).toEqual({ path: '/readyz', port: 8080, scheme: 'HTTP' });
  });

  it('give a new process at least the time that it may take to start', () => {
    expect(container('startupProbe')).toMatchObject({ periodSeconds: 2, failureThreshold: 16 });
    expect(container('startupProbe', { startupSeconds: 60 })).toMatchObject({ failureThreshold: 30 });
  });

  it('take a pod off the Service sooner than they restart it', () => {
    expect(container('readinessProbe')).toMatchObject({ periodSeconds: 5, failureThreshold: 2, timeoutSeconds: 3 });
    expect(container('livenessProbe')).toMatchObject({ periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 3 });
  });

  it('never wait longer than until the next one', () => {
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      const [timeout, period] = [container(`${probe}.timeoutSeconds`), container(`${probe}.periodSeconds`)];
      expect(Number(timeout)).toBeLessThanOrEqual(Number(period));
    }
  });
});

describe('the ports of a service', () => {
  it('are named, so that monitors and policies can speak of them', () => {
    expect(container('ports')).toEqual([
      { name: 'http', containerPort: 5000, protocol: 'TCP' },
      { name: 'admin', containerPort: 8080, protocol: 'TCP' },
    ]);
  });
});

describe('the resources of a service', () => {
  it('are its requests and limits of CPU, memory and disk', () => {
    expect(container('resources')).toEqual({
      requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '1Gi' },
      limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1536Mi' },
    });
  });

  it('say nothing of disk where the environment does not', () => {
    expect(container('resources', FIXED)).toEqual({
      requests: { cpu: '50m', memory: '64Mi' },
      limits: { cpu: '500m', memory: '256Mi' },
    });
  });
});

describe('the security of a service', () => {
  it('is that of Pod Security `restricted`, with a root file system that nobody writes to', () => {
    expect(container('securityContext')).toEqual({
      runAsUser: 10001,
      runAsGroup: 10001,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod('securityContext')).toEqual({
      runAsUser: 10001,
      runAsGroup: 10001,
      runAsNonRoot: true,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('says nothing that the API server takes for granted', () => {
    for (const field of ['hostNetwork', 'dnsPolicy', 'restartPolicy', 'setHostnameAsFQDN']) {
      expect(pod(field), field).toBeUndefined();
    }
  });

  it('leaves one place to write to: /tmp, of a bounded size', () => {
    expect(container('volumeMounts')).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
    expect(pod('volumes')).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }]);
  });

  it('keeps the addresses of other Services out of its environment', () => {
    expect(pod('enableServiceLinks')).toBe(false);
  });
});

describe('the secret files of a service', () => {
  const secretFiles = [
    { secret: 'admin-key', keys: ['admin-key'], optional: false },
    { secret: 'admin-key', keys: ['admin-key-previous'], optional: true },
    { secret: 'redis-client', keys: ['redis-password'], optional: false },
  ];

  it('are mounted into one folder, readable by the group of the pod', () => {
    expect(pod('volumes.1', { secretFiles })).toEqual({
      name: 'secrets',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { name: 'admin-key', items: [{ key: 'admin-key', path: 'admin-key' }] } },
          {
            secret: {
              name: 'admin-key',
              items: [{ key: 'admin-key-previous', path: 'admin-key-previous' }],
              optional: true,
            },
          },
          { secret: { name: 'redis-client', items: [{ key: 'redis-password', path: 'redis-password' }] } },
        ],
      },
    });
    expect(container('volumeMounts.1', { secretFiles })).toEqual({
      name: 'secrets',
      mountPath: '/run/secrets/quotes',
      readOnly: true,
    });
  });
});

describe('the end of a pod', () => {
  it('comes at the latest after the grace period', () => {
    expect(pod('terminationGracePeriodSeconds')).toBe(60);
  });

  it('is the own business of our services: no hook before SIGTERM', () => {
    expect(container('lifecycle')).toBeUndefined();
  });

  it('may be preceded by a command, for a service that cannot drain', () => {
    expect(container('lifecycle', { preStop: ['sleep', '5'] })).toEqual({
      preStop: { exec: { command: ['sleep', '5'] } },
    });
  });
});

describe('the place of a pod', () => {
  const constraint = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    labelSelector: {
      matchLabels: { 'app.kubernetes.io/name': 'authors', 'app.kubernetes.io/instance': 'quotes-test' },
    },
    matchLabelKeys: ['pod-template-hash'],
    nodeTaintsPolicy: 'Honor',
  });

  it('is apart from the others of its rollout: on hosts by force, in zones if possible', () => {
    expect(pod('topologySpreadConstraints')).toEqual([
      constraint('kubernetes.io/hostname', 'DoNotSchedule'),
      constraint('topology.kubernetes.io/zone', 'ScheduleAnyway'),
    ]);
  });

  it('is a wish, or nobody asks', () => {
    expect(pod('topologySpreadConstraints', { spread: { hosts: 'preferred', zones: 'none' } })).toEqual([
      constraint('kubernetes.io/hostname', 'ScheduleAnyway'),
    ]);
    expect(pod('topologySpreadConstraints', { spread: { hosts: 'none', zones: 'none' } })).toBeUndefined();
  });

  it('is any node, with the priority of all, where the environment says nothing', () => {
    for (const field of ['nodeSelector', 'tolerations', 'affinity', 'priorityClassName']) {
      expect(pod(field)).toBeUndefined();
    }
  });

  it("is the environment's node pool, with its priority and its wishes", () => {
    const affinity = { podAntiAffinity: {} };
    const change: Partial<MicroserviceProps> = {
      placement: {
        nodeSelector: { pool: 'quotes' },
        tolerations: [{ key: 'dedicated', value: 'quotes', effect: 'NoSchedule' }],
        affinity,
      },
      priorityClassName: 'quotes-test',
    };
    expect(pod('nodeSelector', change)).toEqual({ pool: 'quotes' });
    expect(pod('tolerations', change)).toEqual([
      { key: 'dedicated', value: 'quotes', effect: 'NoSchedule', operator: 'Equal' },
    ]);
    expect(pod('affinity', change)).toEqual(affinity);
    expect(pod('priorityClassName', change)).toBe('quotes-test');
  });
});

describe('a size with disk that is not whole Gi', () => {
  it('is written in Mi', () => {
    const size = { ...SIZE, requests: { ...SIZE.requests, ephemeralMiB: 100 } };
    expect(container('resources.requests', { size })).toMatchObject({ 'ephemeral-storage': '100Mi' });
  });
});
