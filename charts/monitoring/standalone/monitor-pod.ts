import { k8s } from 'cdk8s-plus-28';
import { nodeChoice } from '../../constructs/node-choice.ts';
import { quantities, resourceList } from '../../constructs/quantity.ts';
import { RESTRICTED_CONTAINER_SPEC, RESTRICTED_POD_SPEC } from '../../constructs/restricted.ts';
import { type Component, GRACE_SECONDS, type MountedFiles, type Probe } from './component.ts';
import type { MonitorProps } from './monitor.ts';

/** The pod of one program: Pod Security `restricted`, a read-only root file system, no token unless it reads the API. */
export function monitorPod(props: MonitorProps, files: readonly MountedFiles[]): k8s.PodSpec {
  const { component, placement, priorityClassName } = props;
  const folders = foldersOf(files);
  return {
    serviceAccountName: component.name,
    automountServiceAccountToken: component.readsApi,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: RESTRICTED_POD_SPEC,
    ...(priorityClassName === null ? {} : { priorityClassName }),
    ...nodeChoice(placement),
    containers: [container(component, folders)],
    ...where('volumes', volumesOf(component, folders)),
  };
}

function container(component: Component, folders: Folders): k8s.Container {
  return {
    name: component.name,
    image: component.image,
    imagePullPolicy: 'IfNotPresent',
    ...where('args', component.args),
    ...where('env', component.env),
    ports: Object.entries(component.ports).map(([name, containerPort]) => ({ name, containerPort, protocol: 'TCP' })),
    // Five minutes: a large write-ahead log is read again before Prometheus answers.
    startupProbe: probe(component.ready, { periodSeconds: 5, failureThreshold: 60 }),
    livenessProbe: probe(component.live, { periodSeconds: 15, failureThreshold: 4 }),
    readinessProbe: probe(component.ready, { periodSeconds: 10, failureThreshold: 3 }),
    resources: {
      requests: quantities(resourceList(component.requests)),
      limits: quantities(resourceList(component.limits)),
    },
    securityContext: RESTRICTED_CONTAINER_SPEC,
    ...where('volumeMounts', mountsOf(component, folders)),
  };
}

/** A list, where it holds something. */
function where<K extends string, T>(field: K, list: readonly T[]): { readonly [field in K]?: T[] } {
  return list.length === 0 ? {} : ({ [field]: [...list] } as { readonly [field in K]: T[] });
}

function probe({ path, port }: Probe, timing: Pick<k8s.Probe, 'periodSeconds' | 'failureThreshold'>): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromNumber(port) }, timeoutSeconds: 4, ...timing };
}

/** ConfigMaps by the folder in which their keys are files, in the order of first mention; those of one folder become one projected volume. */
type Folders = ReadonlyMap<string, readonly string[]>;

function foldersOf(files: readonly MountedFiles[]): Folders {
  const byPath = new Map<string, string[]>();
  for (const { mountPath, configMap } of files) {
    byPath.set(mountPath, [...(byPath.get(mountPath) ?? []), configMap]);
  }
  return byPath;
}

function volumesOf(component: Component, folders: Folders): k8s.Volume[] {
  const { secret } = component;
  return [
    ...[...folders.values()].map((configMaps, index) => ({
      name: `config-${index}`,
      projected: { sources: configMaps.map((name) => ({ configMap: { name } })) },
    })),
    ...(secret === null
      ? []
      : [
          {
            name: 'secret',
            secret: {
              secretName: secret.name,
              // r--r-----: the group is the pod's fsGroup.
              defaultMode: 0o440,
              items: secret.keys.map((key) => ({ key, path: key })),
            },
          },
        ]),
    ...Object.values(component.scratch).map((sizeLimit, index) => ({
      name: `scratch-${index}`,
      emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) },
    })),
  ];
}

function mountsOf(component: Component, folders: Folders): k8s.VolumeMount[] {
  const { secret, volume } = component;
  return [
    ...[...folders.keys()].map((mountPath, index) => ({
      name: `config-${index}`,
      mountPath,
      readOnly: true,
    })),
    ...(secret === null ? [] : [{ name: 'secret', mountPath: secret.mountPath, readOnly: true }]),
    ...Object.keys(component.scratch).map((mountPath, index) => ({ name: `scratch-${index}`, mountPath })),
    ...(volume === null ? [] : [{ name: 'data', mountPath: volume.mountPath }]),
  ];
}
