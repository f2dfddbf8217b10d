import { k8s } from 'cdk8s-plus-28';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { versionOf } from '../../constructs/labels.ts';
import { type Mount, type PodProps, scratch } from '../../constructs/pod.ts';
import type { ContainerSize } from '../../constructs/quantity.ts';
import type { MountedFiles, WorkloadProps } from '../../constructs/workload.ts';
import type { StandaloneMonitoring } from '../../plan/environment.ts';
import { type MonitoringContext, type Plan, podPolicy } from '../../plan/part.ts';

/** One program of the monitoring: data, from which its workload is made. */
export interface Component extends ContainerSize {
  readonly name: string;
  readonly image: string;
  /** Container ports by name; each is a port of the Service too. */
  readonly ports: Readonly<Record<string, number>>;
  readonly args: readonly string[];
  /** @default - none */
  readonly env?: (stack: Stack) => readonly k8s.EnvVar[];
  /**
   * Files of ConfigMaps; a change of one rolls the pod. Written when asked for: rules and dashboards are most of the work, and whoever only
   * adds up what the programs request needs none. @default - none
   */
  readonly files?: (stack: Stack) => readonly MountedFiles[];
  /** Keys of a Secret that become files. @default - none */
  readonly secret?: { readonly name: string; readonly keys: readonly string[]; readonly mountPath: string };
  /** Folders that it writes to and loses with the pod, with their size limit. @default - none */
  readonly scratch?: Readonly<Record<string, string>>;
  /** A volume of its own. @default - none: what it keeps can be lost */
  readonly volume?: { readonly mountPath: string; readonly sizeGi: number };
  readonly live: Probe;
  readonly ready: Probe;
  /** Whether it reads the API server, and so gets the token of its ServiceAccount. @default - false */
  readonly readsApi?: boolean;
  /** What it answers and the metrics it shows, in the words of the guardrails. */
  readonly annotations: Readonly<Record<string, string>>;
  /** How long it may be gone when its only pod moves, and what that costs. */
  readonly acceptedOutage: string;
}

export interface Probe {
  readonly path: string;
  readonly port: number;
}

/** Grace of every program here: each flushes and leaves within seconds. */
const GRACE_SECONDS = 60;

export function workloadOf(component: Component, stack: Stack, plan: Plan): WorkloadProps {
  const { name, image, ports, volume, annotations, acceptedOutage } = component;
  const { namespace, monitoring } = stack;
  const traffic = plan.traffic({ kind: 'workload', name, namespace });
  return {
    name,
    namespace,
    labels: plan.labels({ name, namespace, component: 'monitoring', version: versionOf(image) }),
    annotations: {
      ...annotations,
      ...(traffic.calls === '' ? {} : { [WORKLOAD.connectsTo]: traffic.calls }),
      [WORKLOAD.acceptedOutage]: acceptedOutage,
      [WORKLOAD.drain]: '20s',
    },
    pod: podOf(component, stack, plan),
    files: component.files?.(stack) ?? [],
    service: {
      // The name of a StatefulSet's pods needs a Service without an address of its own.
      headless: volume !== undefined,
      ports: Object.entries(ports).map(([port, number]) => ({
        name: port,
        port: number,
        targetPort: k8s.IntOrString.fromString(port),
        protocol: 'TCP',
      })),
    },
    controller:
      volume === undefined
        ? // A gap of seconds is no loss here, and a second working pod would be room in the quota for nothing.
          { kind: 'deployment', replicas: 1, surgePercent: null }
        : {
            kind: 'statefulset',
            replicas: 1,
            claim: { sizeGi: volume.sizeGi, storageClass: monitoring.storageClass },
          },
    traffic,
  };
}

function podOf(component: Component, stack: Stack, { environment }: Plan): Omit<PodProps, 'account'> {
  const { name, image, ports, args, requests, limits, live, ready } = component;
  return {
    readsApi: component.readsApi ?? false,
    graceSeconds: GRACE_SECONDS,
    ...podPolicy(environment),
    mounts: mountsOf(component),
    containers: [
      {
        name,
        image,
        ports,
        args,
        env: component.env?.(stack) ?? [],
        requests,
        limits,
        probes: {
          // Five minutes: a large write-ahead log is read again before Prometheus answers.
          startup: probe(ready, { periodSeconds: 5, failureThreshold: 60 }),
          liveness: probe(live, { periodSeconds: 15, failureThreshold: 4 }),
          readiness: probe(ready, { periodSeconds: 10, failureThreshold: 3 }),
        },
      },
    ],
  };
}

function probe({ path, port }: Probe, timing: Pick<k8s.Probe, 'periodSeconds' | 'failureThreshold'>): k8s.Probe {
  return { httpGet: { path, port: k8s.IntOrString.fromNumber(port) }, timeoutSeconds: 4, ...timing };
}

function mountsOf({ secret, scratch: folders = {}, volume }: Component): Mount[] {
  return [
    ...(secret === undefined ? [] : [secretFolder(secret)]),
    ...Object.entries(folders).map(([path, sizeLimit], index) => scratch(`scratch-${index}`, path, sizeLimit)),
    ...(volume === undefined ? [] : [{ name: 'data', path: volume.mountPath, source: null }]),
  ];
}

function secretFolder({ name, keys, mountPath }: NonNullable<Component['secret']>): Mount {
  // r--r-----: the group is the pod's fsGroup.
  const secret = { secretName: name, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) };
  return { name: 'secret', path: mountPath, readOnly: true, source: { secret } };
}

export interface Stack {
  readonly context: MonitoringContext;
  readonly monitoring: StandaloneMonitoring;
  readonly namespace: string;
}

export const MONITORS = {
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
  grafana: 'grafana',
  kubeState: 'kube-state-metrics',
  jaeger: 'jaeger',
} as const;

/** Ports as the programs' own documentation numbers them. */
export const MONITOR_PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  kubeState: 8080,
  kubeStateSelf: 8081,
  otlp: 4318,
  jaegerUi: 16686,
  jaegerMetrics: 8888,
  jaegerHealth: 13133,
} as const;

export const METRICS_PORT_NAME = 'metrics';

export const MONITORING_SECRETS = {
  grafana: { name: 'grafana', key: 'admin-password' },
  alertmanager: { name: 'alertmanager', key: 'smtp-password' },
} as const;
