import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { atPeak, totalOf } from '../capacity.ts';
import type { Demand } from '../demand.ts';
import { clusterScoped } from './cluster-scoped.ts';
import { recommendedLabels } from './labels.ts';
import { cpuText, memoryText, quantities } from './quantity.ts';
import { TrafficPolicy } from './traffic-policy.ts';

export interface PlatformNamespaceProps {
  readonly name: string;
  /** What the namespace says to the guardrails: budget, promises. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Everything that may run in it: the quota is their sum at the peak. */
  readonly demands: readonly Demand[];
  /** Services that may open a port on every node; load balancers are never among them. */
  readonly nodePorts: number;
}

/** A namespace with its walls: Pod Security `restricted`, a quota derived from the demands, container defaults, default deny. */
export class PlatformNamespace extends Construct {
  constructor(scope: Construct, id: string, props: PlatformNamespaceProps) {
    super(scope, id);
    const labels = recommendedLabels({ name: props.name, instance: props.name, component: 'platform' });
    clusterScoped(
      new k8s.KubeNamespace(this, 'namespace', {
        metadata: { name: props.name, labels: { ...labels, ...POD_SECURITY }, annotations: { ...props.annotations } },
      }),
    );
    new k8s.KubeResourceQuota(this, 'quota', {
      metadata: { name: 'quota', namespace: props.name, labels },
      spec: { hard: quantities(quotaOf(props)) },
    });
    new k8s.KubeLimitRange(this, 'limit-range', {
      metadata: { name: 'limits', namespace: props.name, labels },
      spec: { limits: [containerDefaults(props.demands), podMaximum(props.demands)] },
    });
    new TrafficPolicy(this, 'default-deny', {
      name: 'default-deny',
      namespace: props.name,
      labels,
      pods: {},
      ingress: [],
      egress: [],
    });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

function quotaOf({ demands, nodePorts }: PlatformNamespaceProps): Record<string, string> {
  const total = totalOf(demands, atPeak);
  const list = (kind: 'requests' | 'limits') => ({
    [`${kind}.cpu`]: cpuText(total[kind].cpuMillis),
    [`${kind}.memory`]: memoryText(total[kind].memoryMiB),
    // Asked for by some and not by others, it could not be counted: a quota on it refuses pods that do not say.
    ...(demands.every((demand) => demand[kind].ephemeralMiB !== null)
      ? { [`${kind}.ephemeral-storage`]: memoryText(total[kind].ephemeralMiB) }
      : {}),
  });
  return {
    pods: String(total.pods),
    ...list('requests'),
    ...list('limits'),
    persistentvolumeclaims: String(total.claims),
    'requests.storage': `${total.storageGi}Gi`,
    'services.nodeports': String(nodePorts),
    'services.loadbalancers': '0',
  };
}

/** For containers that do not say: a debug container, the certificate solver. Small, so that they fit beside everything else. */
function containerDefaults(demands: readonly Demand[]): k8s.LimitRangeItem {
  const disk = demands.every((demand) => demand.limits.ephemeralMiB !== null);
  const list = (cpu: string, memory: string, ephemeral: string) =>
    quantities({ cpu, memory, ...(disk ? { 'ephemeral-storage': ephemeral } : {}) });
  return { type: 'Container', defaultRequest: list('10m', '64Mi', '64Mi'), default: list('100m', '128Mi', '128Mi') };
}

/** No pod larger than the largest that is planned. */
function podMaximum(demands: readonly Demand[]): k8s.LimitRangeItem {
  const most = (key: 'cpuMillis' | 'memoryMiB') => Math.max(...demands.map((demand) => demand.limits[key]));
  return { type: 'Pod', max: quantities({ cpu: cpuText(most('cpuMillis')), memory: memoryText(most('memoryMiB')) }) };
}
