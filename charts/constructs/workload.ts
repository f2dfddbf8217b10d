import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Autoscaler, type AutoscalerProps } from './autoscaler.ts';
import { addController, type Controller } from './controller.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { metadataOf, type SelectorLabels, selectorLabels } from './labels.ts';
import { type Mount, type PodProps, podSpec } from './pod.ts';
import { TrafficPolicy, type TrafficRule } from './traffic-policy.ts';

/** One ConfigMap and the folder in which its keys are files; several may share a folder. */
export interface MountedFiles {
  readonly configMap: string;
  readonly mountPath: string;
  readonly data: Readonly<Record<string, string>>;
  /** Whether another workload makes the ConfigMap. @default - false */
  readonly shared?: boolean;
}

/** What its pods are called by: a port of the Service leads to the container port of the same name or number. */
export interface WorkloadService {
  readonly ports: readonly k8s.ServicePort[];
  /** Without an address of its own: its name leads to the pods, and each pod has a name below it. @default - false */
  readonly headless?: boolean;
  /** Whether pods have a name before they are ready, for those that must find each other first. @default - false */
  readonly namedUnready?: boolean;
  /** What a controller before it reads. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** A port on every node for the first port; null for none. @default - null */
  readonly nodePort?: number | null;
}

export interface WorkloadProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the manifests declare to the guardrails, on the controller. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The ServiceAccount is the workload's own, unless the pod names another. */
  readonly pod: Omit<PodProps, 'account'> & { readonly account?: string };
  /** Environment of the first container, as a ConfigMap of the workload's name; a change rolls the pods. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Files that the first container reads; a change rolls the pods. @default - none */
  readonly files?: readonly MountedFiles[];
  /** @default - nobody calls it */
  readonly service?: WorkloadService | null;
  readonly controller: Controller;
  /** Pods that a drain must leave. @default - no disruption budget */
  readonly minAvailable?: number | null;
  /** @default - nothing scales */
  readonly autoscaler?: Omit<AutoscalerProps, 'name' | 'labels'> | null;
  readonly traffic: { readonly ingress: readonly TrafficRule[]; readonly egress: readonly TrafficRule[] };
}

/**
 * One kind of pod and everything around it: account, configuration, Service, controller, disruption budget, autoscaler and policy.
 * It is given finished values and decides nothing.
 */
export class Workload extends Construct {
  private readonly props: WorkloadProps;
  private readonly pods: SelectorLabels;
  private readonly metadata: ReturnType<typeof metadataOf>;

  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id);
    this.props = props;
    const { name, namespace, pod, controller, traffic, service = null, minAvailable = null, autoscaler = null } = props;
    this.pods = selectorLabels(name, namespace);
    this.metadata = metadataOf(props);
    const automountServiceAccountToken = pod.readsApi ?? false;
    if (pod.account === undefined)
      new k8s.KubeServiceAccount(this, 'account', { metadata: this.metadata, automountServiceAccountToken });
    this.addConfiguration();
    if (service !== null) this.addService(service);
    const metadata = { ...this.metadata, annotations: { ...props.annotations } };
    addController(this, controller, { metadata, pods: this.pods, template: this.template() });
    if (minAvailable !== null)
      new DisruptionBudget(this, 'disruption-budget', { ...this.metadata, pods: this.pods, minAvailable });
    if (autoscaler !== null) new Autoscaler(this, 'autoscaler', { ...this.metadata, ...autoscaler });
    const { 'app.kubernetes.io/version': _, ...unversioned } = this.metadata.labels;
    const policy = { name: `${name}-traffic`, namespace, labels: unversioned };
    new TrafficPolicy(this, 'traffic', { ...policy, pods: this.pods, ...traffic });
  }

  private addConfiguration(): void {
    const { env, files = [] } = this.props;
    if (env !== undefined) new k8s.KubeConfigMap(this, 'config', { metadata: this.metadata, data: { ...env } });
    for (const { configMap, data } of files.filter(({ shared }) => shared !== true))
      new k8s.KubeConfigMap(this, configMap, { metadata: { ...this.metadata, name: configMap }, data: { ...data } });
  }

  private addService(service: WorkloadService): void {
    const { ports, headless = false, namedUnready = false, nodePort = null, annotations = {} } = service;
    new k8s.KubeService(this, 'service', {
      metadata: { ...this.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: {
        ...(headless ? { clusterIp: 'None' } : { type: nodePort === null ? 'ClusterIP' : 'NodePort' }),
        selector: { ...this.pods },
        ...(namedUnready ? { publishNotReadyAddresses: true } : {}),
        ports: ports.map((port, index) => ({ ...port, ...(index === 0 && nodePort !== null ? { nodePort } : {}) })),
      },
    });
  }

  private template(): k8s.PodTemplateSpec {
    const { pod, env, files = [], name } = this.props;
    const [main, ...others] = pod.containers;
    if (main === undefined) throw new Error(`${name}: a pod needs a container`);
    const containers = env === undefined ? pod.containers : [{ ...main, envFrom: name }, ...others];
    const checksum = checksumOf(env, files);
    return {
      metadata: {
        labels: this.metadata.labels,
        ...(checksum === null ? {} : { annotations: { 'checksum/config': checksum } }),
      },
      spec: podSpec({ ...pod, account: pod.account ?? name, containers, mounts: [...folders(files), ...pod.mounts] }),
    };
  }
}

/** ConfigMaps of one folder become one volume, in the order of first mention. */
function folders(files: readonly MountedFiles[]): Mount[] {
  const paths = [...new Set(files.map(({ mountPath }) => mountPath))];
  return paths.map((path, index) => ({
    name: `config-${index}`,
    path,
    readOnly: true,
    source: {
      projected: {
        sources: files
          .filter(({ mountPath }) => mountPath === path)
          .map(({ configMap }) => ({ configMap: { name: configMap } })),
      },
    },
  }));
}

/** Changes with the configuration, whatever the order of its keys, so that a change of it rolls the pods. */
function checksumOf(env: WorkloadProps['env'], files: readonly MountedFiles[]): string | null {
  const parts = [
    ...(env === undefined ? [] : [JSON.stringify(Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)))]),
    ...(files.length === 0 ? [] : [JSON.stringify(files.map(({ shared: _, ...file }) => file))]),
  ];
  return parts.length === 0 ? null : createHash('sha256').update(parts.join('')).digest('hex');
}
