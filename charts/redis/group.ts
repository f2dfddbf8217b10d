import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DisruptionBudget } from '../constructs/disruption-budget.ts';
import type { Environment } from '../environments/environment.ts';
import type { ConfigFiles } from './config.ts';
import { checksumOf, identity } from './pod.ts';

export interface RedisGroupProps {
  readonly environment: Environment;
  /** Of the workload, its Service and its configuration. */
  readonly name: string;
  readonly replicas: number;
  /** Null where no drain has to wait. */
  readonly minAvailable: number | null;
  /** What the pods read; a change rolls them. */
  readonly files: ConfigFiles;
  /** Port numbers by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whether pods have a name before they are ready, for those that must find each other first. */
  readonly namedUnready: boolean;
  /** How long a new pod must be ready before the next one is replaced. */
  readonly minReadySeconds: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: k8s.PodSpec;
  /** A volume for each pod; null where what it holds can be lost. */
  readonly claim: k8s.KubePersistentVolumeClaimProps | null;
}

/** Pods of the store that know each other by name: configuration, a headless Service, a budget and the StatefulSet. */
export class RedisGroup extends Construct {
  constructor(scope: Construct, id: string, props: RedisGroupProps) {
    super(scope, id);
    const { name, environment, replicas, minAvailable, files, annotations, minReadySeconds, pod, claim } = props;
    const { pods, metadata } = identity(name, environment);
    new k8s.KubeConfigMap(this, 'config', { metadata, data: { ...files } });
    new k8s.KubeService(this, 'service', {
      metadata,
      spec: {
        clusterIp: 'None',
        selector: { ...pods },
        ...(props.namedUnready ? { publishNotReadyAddresses: true } : {}),
        ports: Object.entries(props.ports).map(servicePort),
      },
    });
    if (minAvailable !== null) new DisruptionBudget(this, 'disruption-budget', { ...metadata, pods, minAvailable });
    new k8s.KubeStatefulSet(this, id, {
      metadata: { ...metadata, annotations },
      spec: {
        serviceName: name,
        replicas,
        selector: { matchLabels: { ...pods } },
        // Any order: whom to follow is what the Sentinels say, and waiting for ordinal 0 could wait for ever.
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate' },
        minReadySeconds,
        revisionHistoryLimit: 5,
        template: {
          metadata: { labels: { ...metadata.labels }, annotations: { 'checksum/config': checksumOf(files) } },
          spec: pod,
        },
        ...(claim === null ? {} : { volumeClaimTemplates: [claim] }),
      },
    });
  }
}

function servicePort([name, port]: readonly [string, number]): k8s.ServicePort {
  return { name, port, targetPort: k8s.IntOrString.fromString(name) };
}
