import type { k8s } from 'cdk8s-plus-28';
import type { TrafficRule } from '../../constructs/traffic-policy.ts';
import type { Resources } from '../../services/service.ts';

/** One program of the monitoring: data, from which Monitor makes its objects. */
export interface Component {
  readonly name: string;
  readonly image: string;
  /** Container ports by name; each is a port of the Service too. */
  readonly ports: Readonly<Record<string, number>>;
  readonly args: readonly string[];
  readonly env: readonly k8s.EnvVar[];
  /**
   * Files of ConfigMaps; a change of one rolls the pod. Written when asked for: rules and dashboards are most of the work, and whoever only
   * adds up what the programs request needs none.
   */
  readonly files: () => readonly MountedFiles[];
  /** Keys of a Secret that become files; null for none. */
  readonly secret: { readonly name: string; readonly keys: readonly string[]; readonly mountPath: string } | null;
  /** Folders that it writes to and loses with the pod, with their size limit. */
  readonly scratch: Readonly<Record<string, string>>;
  /** A volume of its own; null where what it keeps can be lost. */
  readonly volume: { readonly mountPath: string; readonly sizeGi: number } | null;
  readonly requests: Resources;
  readonly limits: Resources;
  readonly live: Probe;
  readonly ready: Probe;
  /** Whether it reads the API server, and so gets the token of its ServiceAccount. */
  readonly readsApi: boolean;
  readonly ingress: readonly TrafficRule[];
  readonly egress: readonly TrafficRule[];
  /** What it answers and calls, and the metrics it shows, in the words of the guardrails. */
  readonly annotations: Readonly<Record<string, string>>;
  /** How long it may be gone when its only pod moves, and what that costs. */
  readonly acceptedOutage: string;
}

/** One ConfigMap and the folder in which its keys are files; several may share a folder. */
export interface MountedFiles {
  readonly configMap: string;
  readonly mountPath: string;
  readonly data: Readonly<Record<string, string>>;
  /** Beside the usual labels: what an operator's sidecar looks for. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Probe {
  readonly path: string;
  readonly port: number;
}

/** Grace of every program here: each flushes and leaves within seconds. */
export const GRACE_SECONDS = 60;
