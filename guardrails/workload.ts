import { Container, type ContainerRole } from './container.ts';
import type { Field } from './field.ts';
import type { Resource } from './resource.ts';
import { type Labels, matchesSelector } from './selector.ts';

/** Where each kind keeps its pod template; a Pod is its own. */
const TEMPLATE_PATHS: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Rollout: ['spec', 'template'],
};

/** The built-in groups, and that of Argo Rollouts, whose Rollout stands in for a Deployment. */
const GROUPS = ['', 'apps', 'batch', 'extensions', 'argoproj.io'];

const SCALABLE = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout'];

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

  constructor(resource: Resource, path: readonly string[]) {
    this.resource = resource;
    this.template = resource.at(...path);
    this.pod = this.template.at('spec');
    this.labels = this.template.at('metadata', 'labels').texts;
    const init = this.pod.at('initContainers').items.map((field) => new Container(field, initRole(field)));
    this.containers = [...init, ...this.pod.at('containers').items.map((field) => new Container(field, 'main'))];
  }

  /** The workload in this resource; undefined when its kind runs no pods. */
  static of(resource: Resource): Workload | undefined {
    const path = Object.hasOwn(TEMPLATE_PATHS, resource.kind) ? TEMPLATE_PATHS[resource.kind] : undefined;
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

  /** The selector by which it owns its pods; a Pod and (usually) a Job have none. */
  get selector(): Field {
    return this.resource.at('spec', 'selector');
  }

  /** Whether it stays up, as against a Job, a CronJob. */
  get isLongRunning(): boolean {
    return this.kind !== 'Job' && this.kind !== 'CronJob';
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

function initRole(field: Field): ContainerRole {
  return field.at('restartPolicy').text === 'Always' ? 'sidecar' : 'init';
}
