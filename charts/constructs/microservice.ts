import { createHash } from 'node:crypto';
import { ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import {
  ConfigMap,
  Deployment,
  DeploymentStrategy,
  LabelSelector,
  PercentOrAbsolute,
  Service,
  ServiceAccount,
  ServiceType,
  Volume,
} from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ENV, PORT_NAMES, PORTS, SECRETS_DIR } from '../../app/contract.ts';
import type { Placement, Rollout, Scaling, Spread, Stopping } from '../environments/environment.ts';
import type { WorkloadSize } from '../sizing.ts';
import { Autoscaler } from './autoscaler.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { recommendedLabels, type SelectorLabels, selectorLabels } from './labels.ts';
import { completePodTemplate, type SecretFiles } from './pod-template.ts';
import { serviceContainer } from './service-container.ts';

export interface MicroserviceProps {
  /** Name of every object of the service; a DNS label. */
  readonly name: string;
  /** What tells this installation from another in the cluster: the namespace. */
  readonly instance: string;
  readonly image: string;
  /** Descriptive only: never part of a selector. */
  readonly version: string;
  /** Environment of the process, by key; must not hold a secret. A change rolls the pods. */
  readonly env: Readonly<Record<string, string>>;
  readonly secretFiles: readonly SecretFiles[];
  readonly size: WorkloadSize;
  readonly scaling: Scaling;
  /** Pods that a drain must leave; null for no budget. */
  readonly minAvailable: number | null;
  readonly spread: Spread;
  readonly placement: Placement;
  readonly rollout: Rollout;
  readonly stopping: Stopping;
  readonly priorityClassName: string | null;
  readonly startupSeconds: number;
  /** A port on every node; null for a ClusterIP only. */
  readonly nodePort: number | null;
  /** Size of /tmp, counted against the pod's ephemeral storage. */
  readonly tmpMiB: number;
  /** What the manifests say to the guardrails, on the Deployment. */
  readonly annotations: Readonly<Record<string, string>>;
  /** A command before SIGTERM. @default - none: our services drain by themselves */
  readonly preStop?: readonly string[];
}

/**
 * One HTTP service: ServiceAccount without token, ConfigMap, Deployment and Service; with more than one replica a disruption
 * budget, and with an autoscaling environment an autoscaler (then the Deployment has no replicas of its own).
 */
export class Microservice extends Construct {
  readonly deployment: Deployment;
  readonly service: Service;
  readonly pods: SelectorLabels;

  constructor(scope: Construct, id: string, props: MicroserviceProps) {
    super(scope, id);
    const labels = recommendedLabels({ ...props, component: 'service' });
    this.pods = selectorLabels(props.name, props.instance);
    const metadata = { name: props.name, labels };
    const account = new ServiceAccount(this, 'account', { metadata, automountToken: false });
    const config = new ConfigMap(this, 'config', { metadata, data: configData(props) });
    ApiObject.of(config).addJsonPatch(JsonPatch.remove('/immutable'));
    this.service = this.createService(props, metadata);
    this.deployment = this.createDeployment(props, metadata, account, config);
    if (props.minAvailable !== null && props.size.floor > 1) {
      new DisruptionBudget(this, 'disruption-budget', {
        ...metadata,
        pods: this.pods,
        minAvailable: props.minAvailable,
      });
    }
    if (props.size.autoscaled && props.scaling.kind === 'auto') {
      const { floor, ceiling } = props.size;
      new Autoscaler(this, 'autoscaler', {
        ...metadata,
        target: this.deployment,
        floor,
        ceiling,
        scaling: props.scaling,
      });
    }
  }

  private createService(props: MicroserviceProps, metadata: Metadata): Service {
    const service = new Service(this, 'service', {
      metadata,
      type: props.nodePort === null ? ServiceType.CLUSTER_IP : ServiceType.NODE_PORT,
      ports: [
        {
          name: PORT_NAMES.http,
          port: PORTS.service,
          targetPort: PORTS.http,
          ...(props.nodePort === null ? {} : { nodePort: props.nodePort }),
        },
      ],
    });
    for (const [label, value] of Object.entries(this.pods)) service.selectLabel(label, value);
    ApiObject.of(service).addJsonPatch(JsonPatch.remove('/spec/externalIPs'));
    return service;
  }

  private createDeployment(props: MicroserviceProps, metadata: Metadata, account: ServiceAccount, config: ConfigMap) {
    const tmp = Volume.fromEmptyDir(this, 'tmp', 'tmp', { sizeLimit: Size.mebibytes(props.tmpMiB) });
    const deployment = new Deployment(this, 'deployment', {
      metadata: { ...metadata, annotations: { ...props.annotations } },
      podMetadata: { labels: { ...metadata.labels }, annotations: { 'checksum/config': checksum(config.data) } },
      select: false,
      ...(props.size.autoscaled ? {} : { replicas: props.size.floor }),
      strategy: DeploymentStrategy.rollingUpdate({
        maxSurge: PercentOrAbsolute.percent(props.rollout.surgePercent),
        maxUnavailable: PercentOrAbsolute.absolute(0),
      }),
      minReady: Duration.seconds(props.rollout.minReadySeconds),
      progressDeadline: Duration.seconds(props.rollout.progressDeadlineSeconds),
      terminationGracePeriod: Duration.seconds(props.stopping.graceSeconds),
      serviceAccount: ServiceAccount.fromServiceAccountName(this, 'account-by-name', account.name),
      automountServiceAccountToken: false,
      containers: [
        serviceContainer({
          ...props,
          ...props.size,
          config: ConfigMap.fromConfigMapName(this, 'config-by-name', config.name),
          tmp,
        }),
      ],
    });
    deployment.select(LabelSelector.of({ labels: { ...this.pods } }));
    completePodTemplate(deployment, { ...props, ...props.size, pods: this.pods });
    return deployment;
  }
}

interface Metadata {
  readonly name: string;
  readonly labels: Record<string, string>;
}

function configData(props: MicroserviceProps): Record<string, string> {
  return {
    ...props.env,
    [ENV.drainSeconds]: String(props.stopping.drainSeconds),
    [ENV.shutdownSeconds]: String(props.stopping.shutdownSeconds),
    [ENV.tmpBytes]: String(props.tmpMiB * 1_024 * 1_024),
    ...(props.secretFiles.length === 0 ? {} : { [ENV.secretsDir]: SECRETS_DIR }),
  };
}

/** Changes with the configuration, so that a change of the ConfigMap rolls the pods. */
function checksum(data: Record<string, unknown>): string {
  const sorted = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
