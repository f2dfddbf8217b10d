import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { selectorLabels } from './labels.ts';
import {
  type ContainerProps,
  type PodProps,
  type SecretFiles,
  type Spread,
  scratch,
  secretMount,
  spreadOver,
} from './pod.ts';
import { NAMESPACE, PROPS } from './workload.fixture.ts';
import { Workload } from './workload.ts';

const [CONTAINER] = PROPS.pod.containers as [ContainerProps];

function pod(path: string, change: Partial<PodProps> = {}): unknown {
  const props = { ...PROPS, pod: { ...PROPS.pod, ...change } };
  const manifests = manifestsOf((chart) => new Workload(chart, 'authors', props));
  return at(theOnly(manifests, 'Deployment'), `spec.template.spec.${path}`);
}

function container(path: string, change: Partial<ContainerProps> = {}, more: Partial<PodProps> = {}): unknown {
  return pod(`containers.0.${path}`, { ...more, containers: [{ ...CONTAINER, ...change }] });
}

const apart = (spread: Spread) => ({ apart: spreadOver(selectorLabels('authors', NAMESPACE), spread) });
const withSecrets = (files: readonly SecretFiles[]) => ({
  mounts: [secretMount('secrets', '/run/secrets/app', files)],
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
    expect(
      container('resources', {
        requests: { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: null },
        limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: null },
      }),
    ).toEqual({
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

  it('leaves only the places to write to that it is given, of a bounded size', () => {
    const change = { mounts: [scratch('tmp', '/tmp', '64Mi')] };
    expect(container('volumeMounts', {}, change)).toEqual([{ name: 'tmp', mountPath: '/tmp' }]);
    expect(pod('volumes', change)).toEqual([{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }]);
  });

  it('keeps the addresses of other Services out of its environment', () => {
    expect(pod('enableServiceLinks')).toBe(false);
  });

  it('gives a lookup up after two seconds, so that the next one may ask another name server', () => {
    const timeout = { name: 'timeout', value: '1' };
    expect(pod('dnsConfig')).toEqual({ options: [timeout, { name: 'attempts', value: '2' }] });
  });
});

describe('the secret files of a service', () => {
  const secretFiles = [
    { secret: 'admin-key', keys: ['admin-key'], optional: false },
    { secret: 'admin-key', keys: ['admin-key-previous'], optional: true },
    { secret: 'redis-client', keys: ['redis-password'], optional: false },
  ];

  it('are mounted into one folder, readable by the group of the pod', () => {
    expect(pod('volumes.0', withSecrets(secretFiles))).toEqual({
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
    expect(container('volumeMounts.0', {}, withSecrets(secretFiles))).toEqual({
      name: 'secrets',
      mountPath: '/run/secrets/app',
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
      matchLabels: { 'app.kubernetes.io/name': 'authors', 'app.kubernetes.io/instance': NAMESPACE },
    },
    matchLabelKeys: ['pod-template-hash'],
    nodeTaintsPolicy: 'Honor',
  });

  it('is apart from the others of its rollout: on hosts by force, in zones if possible', () => {
    expect(pod('topologySpreadConstraints', apart({ hosts: 'required', zones: 'preferred' }))).toEqual([
      constraint('kubernetes.io/hostname', 'DoNotSchedule'),
      constraint('topology.kubernetes.io/zone', 'ScheduleAnyway'),
    ]);
  });

  it('is a wish, or nobody asks', () => {
    expect(pod('topologySpreadConstraints', apart({ hosts: 'preferred', zones: 'none' }))).toEqual([
      constraint('kubernetes.io/hostname', 'ScheduleAnyway'),
    ]);
    expect(pod('topologySpreadConstraints', apart({ hosts: 'none', zones: 'none' }))).toBeUndefined();
  });

  it('is any node, with the priority of all, where the environment says nothing', () => {
    for (const field of ['nodeSelector', 'tolerations', 'affinity', 'priorityClassName']) {
      expect(pod(field)).toBeUndefined();
    }
  });

  it("is the environment's node pool, with its priority and its wishes", () => {
    const affinity = { podAntiAffinity: {} };
    const change: Partial<PodProps> = {
      placement: {
        nodeSelector: { pool: 'library' },
        tolerations: [{ key: 'dedicated', value: 'library', effect: 'NoSchedule' }],
        affinity,
      },
      priorityClassName: NAMESPACE,
    };
    expect(pod('nodeSelector', change)).toEqual({ pool: 'library' });
    expect(pod('tolerations', change)).toEqual([
      { key: 'dedicated', value: 'library', effect: 'NoSchedule', operator: 'Equal' },
    ]);
    expect(pod('affinity', change)).toEqual(affinity);
    expect(pod('priorityClassName', change)).toBe(NAMESPACE);
  });
});

it('a size with disk that is not whole Gi is written in Mi', () => {
  const requests = { ...CONTAINER.requests, ephemeralMiB: 100 };
  expect(container('resources.requests', { requests })).toMatchObject({ 'ephemeral-storage': '100Mi' });
});

it('only the first container mounts what the pod keeps', () => {
  const change = {
    mounts: [scratch('tmp', '/tmp', '64Mi')],
    containers: [CONTAINER, { ...CONTAINER, name: 'exporter' }],
  };
  expect(pod('containers.0.volumeMounts', change)).toHaveLength(1);
  expect(pod('containers.1.volumeMounts', change)).toBeUndefined();
});

it('an image that needs another user gets it, in its processes and its volumes', () => {
  expect(pod('securityContext', { uid: 20_000 })).toMatchObject({ runAsUser: 20_000, fsGroup: 20_000 });
  expect(pod('containers.0.securityContext', { uid: 20_000 })).toMatchObject({ runAsUser: 20_000, runAsGroup: 20_000 });
});

it('a container that runs before the others mounts all but what is hidden from it', () => {
  const step = { ...CONTAINER, name: 'step', hiddenMounts: ['tmp'] };
  const mounts = [scratch('tmp', '/tmp', '64Mi'), scratch('work', '/work', '64Mi')];
  expect(pod('initContainers.0.volumeMounts', { initContainers: [step], mounts })).toEqual([
    { name: 'work', mountPath: '/work' },
  ]);
});
