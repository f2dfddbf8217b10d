import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { dataClaim } from '../../constructs/claim.ts';
import { recommendedLabels, selectorLabels } from '../../constructs/labels.ts';
import { TrafficPolicy } from '../../constructs/traffic-policy.ts';
import type { Placement } from '../../environments/environment.ts';
import { versionOf } from '../../images.ts';
import type { Component, MountedFiles } from './component.ts';
import { monitorPod } from './monitor-pod.ts';

export interface MonitorProps {
  readonly namespace: string;
  readonly component: Component;
  readonly storageClass: string | null;
  readonly placement: Placement;
  readonly priorityClassName: string | null;
}

/** One program of the monitoring: account, configuration, Service, workload, policy. */
export class Monitor extends Construct {
  private readonly props: MonitorProps;
  private readonly files: readonly MountedFiles[];

  constructor(scope: Construct, id: string, props: MonitorProps) {
    super(scope, id);
    this.props = props;
    const { component, namespace } = props;
    this.files = component.files();
    new k8s.KubeServiceAccount(this, 'account', {
      metadata: this.metadata(),
      automountServiceAccountToken: component.readsApi,
    });
    for (const files of this.files) this.addConfigMap(files);
    this.addService();
    if (component.volume === null) this.addDeployment();
    else this.addStatefulSet(component.volume);
    new TrafficPolicy(this, 'traffic', {
      name: `${component.name}-traffic`,
      namespace,
      labels: this.labels(),
      pods: this.pods(),
      ingress: component.ingress,
      egress: component.egress,
    });
  }

  private pods() {
    return selectorLabels(this.props.component.name, this.props.namespace);
  }

  private labels(): Record<string, string> {
    const { name, image } = this.props.component;
    return recommendedLabels({
      name,
      instance: this.props.namespace,
      component: 'monitoring',
      version: versionOf(image),
    });
  }

  private metadata(name = this.props.component.name): k8s.ObjectMeta {
    return { name, namespace: this.props.namespace, labels: this.labels() };
  }

  private addConfigMap({ configMap, data, labels }: MountedFiles): void {
    const metadata = this.metadata(configMap);
    new k8s.KubeConfigMap(this, configMap, {
      metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
      data: { ...data },
    });
  }

  private addService(): void {
    const { component } = this.props;
    new k8s.KubeService(this, 'service', {
      metadata: this.metadata(),
      spec: {
        // The name of a StatefulSet's pods needs a Service without an address of its own.
        ...(component.volume === null ? { type: 'ClusterIP' } : { clusterIp: 'None' }),
        selector: { ...this.pods() },
        ports: Object.entries(component.ports).map(([name, port]) => ({
          name,
          port,
          targetPort: k8s.IntOrString.fromString(name),
          protocol: 'TCP',
        })),
      },
    });
  }

  private workloadMetadata(): k8s.ObjectMeta {
    const { annotations, acceptedOutage } = this.props.component;
    return {
      ...this.metadata(),
      annotations: { ...annotations, [WORKLOAD.acceptedOutage]: acceptedOutage, [WORKLOAD.drain]: '20s' },
    };
  }

  private template(): k8s.PodTemplateSpec {
    const checksum = createHash('sha256').update(JSON.stringify(this.files)).digest('hex');
    return {
      metadata: {
        labels: this.labels(),
        ...(this.files.length === 0 ? {} : { annotations: { 'checksum/config': checksum } }),
      },
      spec: monitorPod(this.props, this.files),
    };
  }

  private addDeployment(): void {
    new k8s.KubeDeployment(this, 'deployment', {
      metadata: this.workloadMetadata(),
      spec: {
        replicas: 1,
        selector: { matchLabels: { ...this.pods() } },
        // A gap of seconds is no loss here, and a second working pod would be room in the quota for nothing.
        strategy: { type: 'Recreate' },
        template: this.template(),
      },
    });
  }

  private addStatefulSet(volume: NonNullable<Component['volume']>): void {
    const { component, storageClass } = this.props;
    new k8s.KubeStatefulSet(this, 'statefulset', {
      metadata: this.workloadMetadata(),
      spec: {
        replicas: 1,
        serviceName: component.name,
        selector: { matchLabels: { ...this.pods() } },
        template: this.template(),
        volumeClaimTemplates: [dataClaim(volume.sizeGi, storageClass)],
      },
    });
  }
}
