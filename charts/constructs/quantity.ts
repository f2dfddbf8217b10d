import { k8s } from 'cdk8s-plus-28';

export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
  /** Node disk for logs and emptyDirs; null where none is asked for. */
  readonly ephemeralMiB: number | null;
}

/** What a container is given: the request decides where it runs, the limit what it may use. */
export interface ContainerSize {
  readonly requests: Resources;
  readonly limits: Resources;
}

/** `250m`, or `2` for whole cores: what `kubectl get` shows. */
export function cpuText(millis: number): string {
  return millis % 1_000 === 0 ? `${millis / 1_000}` : `${millis}m`;
}

/** `512Mi`, or `2Gi` for whole gibibytes. */
export function memoryText(mebibytes: number): string {
  return mebibytes % 1_024 === 0 && mebibytes > 0 ? `${mebibytes / 1_024}Gi` : `${mebibytes}Mi`;
}

/** A container's share as the API server writes it: `cpu`, `memory` and, where asked for, `ephemeral-storage`. */
export function resourceList(resources: Resources): Record<string, string> {
  return {
    cpu: cpuText(resources.cpuMillis),
    memory: memoryText(resources.memoryMiB),
    ...(resources.ephemeralMiB === null ? {} : { 'ephemeral-storage': memoryText(resources.ephemeralMiB) }),
  };
}

export function quantities(list: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(Object.entries(list).map(([name, text]) => [name, k8s.Quantity.fromString(text)]));
}

export function resourceRequirements({ requests, limits }: ContainerSize): k8s.ResourceRequirements {
  return { requests: quantities(resourceList(requests)), limits: quantities(resourceList(limits)) };
}
