import { WORKLOAD } from './annotations.ts';
import type { Field, Resource } from './field.ts';
import { parseQuantity } from './quantity.ts';
import { type Labels, matchesSelector } from './selector.ts';

/** `init` runs before the others and ends; `sidecar` is an init container that stays (restartPolicy Always). */
export type ContainerRole = 'main' | 'init' | 'sidecar';

export type ResourceName = 'cpu' | 'memory' | 'ephemeral-storage';

export interface ContainerPort {
  readonly field: Field;
  readonly name: string | undefined;
  readonly number: number | undefined;
  readonly protocol: string;
}

/** One container of a pod template. */
export class Container {
  readonly workload: Workload;
  readonly field: Field;
  readonly role: ContainerRole;

  constructor(workload: Workload, field: Field, role: ContainerRole) {
    this.workload = workload;
    this.field = field;
    this.role = role;
  }

  get name(): string {
    return this.field.at('name').text ?? '';
  }

  get image(): Field {
    return this.field.at('image');
  }

  get env(): readonly Field[] {
    return this.field.at('env').items;
  }

  get ports(): readonly ContainerPort[] {
    return this.field.at('ports').items.map((field) => ({
      field,
      name: field.at('name').text,
      number: field.at('containerPort').number,
      protocol: field.at('protocol').text ?? 'TCP',
    }));
  }

  /** Cores or bytes requested. A limit without a request is the request too, as the API server defaults it. */
  request(resource: ResourceName): number | undefined {
    return parseQuantity(this.field.at('resources', 'requests', resource).value) ?? this.limit(resource);
  }

  /** Cores or bytes at most. */
  limit(resource: ResourceName): number | undefined {
    return parseQuantity(this.field.at('resources', 'limits', resource).value);
  }

  /** The probes that it has, by name. */
  get probes(): readonly (readonly ['startupProbe' | 'livenessProbe' | 'readinessProbe', Field])[] {
    const names = ['startupProbe', 'livenessProbe', 'readinessProbe'] as const;
    return names.map((name) => [name, this.field.at(name)] as const).filter(([, probe]) => probe.exists);
  }
}

/** What a probe asks: where, and how. */
export interface ProbeTarget {
  readonly port: Field;
  /** The port's number, when it is one or names a port of the container. */
  readonly number: number | undefined;
  /** The path of an HTTP probe; `/` when it names none. */
  readonly path: string | undefined;
}

/** What a probe asks over the network; undefined for a command. */
export function probeTarget(container: Container, probe: Field): ProbeTarget | undefined {
  const kind = ['httpGet', 'tcpSocket', 'grpc'].find((one) => probe.at(one).exists);
  if (kind === undefined) return undefined;
  const port = probe.at(kind, 'port');
  const named = container.ports.find(({ name }) => name !== undefined && name === port.text)?.number;
  const path = kind === 'httpGet' ? (probe.at(kind, 'path').text ?? '/') : undefined;
  return { port, number: port.number ?? named, path };
}

/** A figure of a probe, or Kubernetes' default of it. */
export function probeFigure(probe: Field, figure: keyof typeof DEFAULTS): number {
  return probe.at(figure).number ?? DEFAULTS[figure];
}

const DEFAULTS = { initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3 } as const;

/** The paths that a workload says it answers on a port; undefined when it says nothing about it. */
export function answeredPaths(workload: Workload, port: number | undefined): readonly string[] | undefined {
  const declared = workload.resource.annotations[WORKLOAD.endpoints];
  if (declared === undefined || port === undefined) return undefined;
  const lines = declared.split('\n').map((line) => line.split(':'));
  const line = lines.find(([number]) => Number(number) === port);
  return line?.[1]?.split(/\s+/).filter((path) => path !== '') ?? [];
}

/** Kinds with `replicas`; Argo's Rollout stands in for a Deployment. */
export const SCALABLE = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout'];

/** Where each kind keeps its pod template; a Pod is its own. */
const TEMPLATE_PATHS = new Map<string, readonly string[]>([
  ['Pod', []],
  ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ['ScaledJob', ['spec', 'jobTargetRef', 'template']],
  ...[...SCALABLE, 'DaemonSet', 'Job'].map((kind) => [kind, ['spec', 'template']] as const),
]);

/** What the Job controller adds to the labels of its pods. */
function givenLabels({ kind, name }: Resource): Labels {
  return kind === 'Job' && name !== '' ? { 'job-name': name, 'batch.kubernetes.io/job-name': name } : {};
}

/** The built-in groups, and those of Argo Rollouts and KEDA. */
const GROUPS = ['', 'apps', 'batch', 'extensions', 'argoproj.io', 'keda.sh'];

/** A resource that runs pods, whichever kind it is of. */
export class Workload {
  readonly resource: Resource;
  /** The pod template, or the Pod itself. */
  readonly template: Field;
  /** The `spec` of the pods. */
  readonly pod: Field;
  /** The labels of the pods. */
  readonly labels: Labels;
  /** Init containers first, as they start. */
  readonly containers: readonly Container[];
  #ports: readonly ContainerPort[] | undefined;

  constructor(resource: Resource, path: readonly string[]) {
    this.resource = resource;
    this.template = resource.at(...path);
    this.pod = this.template.at('spec');
    this.labels = { ...this.template.at('metadata', 'labels').texts, ...givenLabels(resource) };
    const roleOf = (field: Field) => (field.at('restartPolicy').text === 'Always' ? 'sidecar' : 'init');
    this.containers = [
      ...this.pod.at('initContainers').items.map((field) => new Container(this, field, roleOf(field))),
      ...this.pod.at('containers').items.map((field) => new Container(this, field, 'main')),
    ];
  }

  /** The workload in this resource; undefined when its kind runs no pods. */
  static of(resource: Resource): Workload | undefined {
    const path = TEMPLATE_PATHS.get(resource.kind);
    return path && GROUPS.includes(resource.group) ? new Workload(resource, path) : undefined;
  }

  get kind(): string {
    return this.resource.kind;
  }

  get namespace(): string {
    return this.resource.namespace;
  }

  get name(): string {
    return this.resource.name;
  }

  /** Containers that run as long as the pod does: main ones and sidecars, no one-shot init containers. */
  get running(): readonly Container[] {
    return this.containers.filter((container) => container.role !== 'init');
  }

  /** The ports of the containers that run. */
  get ports(): readonly ContainerPort[] {
    this.#ports ??= this.running.flatMap(({ ports }) => ports);
    return this.#ports;
  }

  /** The volume of this name. */
  volume(name: string | undefined): Field | undefined {
    return this.pod.at('volumes').items.find((volume) => volume.at('name').text === name);
  }

  /** The selector by which it owns its pods; a Pod and (usually) a Job have none. */
  get selector(): Field {
    return this.resource.at('spec', 'selector');
  }

  /** Whether it stays up, as against a Job and what makes Jobs. */
  get isLongRunning(): boolean {
    return !['Job', 'CronJob', 'ScaledJob'].includes(this.kind);
  }

  /** The replicas that the manifest fixes, 1 when it says nothing; undefined for kinds that have none. */
  get replicas(): number | undefined {
    return SCALABLE.includes(this.kind) ? (this.resource.at('spec', 'replicas').number ?? 1) : undefined;
  }

  /** Whether a LabelSelector of this namespace selects its pods. */
  isSelectedBy(selector: Field): boolean {
    return selector.resource.namespace === this.namespace && matchesSelector(selector, this.labels);
  }

  toString(): string {
    return this.resource.toString();
  }
}

/** Also of what tolerates everything, by no name. */
const OF_CONTROL_PLANE = /^$|\/(control-plane|master)$/;

/** A part of the cluster, which may need the node's network: its namespace, its priority or where it runs says so. */
export function isOfCluster({ namespace, pod }: Workload): boolean {
  return (
    /^kube-|-system$/.test(namespace) ||
    /^system-/.test(pod.at('priorityClassName').text ?? '') ||
    pod.at('tolerations').items.some((one) => OF_CONTROL_PLANE.test(one.at('key').text ?? '')) ||
    pod.at('nodeSelector').entries.some(([label]) => OF_CONTROL_PLANE.test(label))
  );
}
