import { type ApiObject, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { quantities } from './quantity.ts';
import { TrafficPolicy } from './traffic-policy.ts';

export interface PlatformNamespaceProps {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the namespace declares to the guardrails: budget, promises. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly quota: Readonly<Record<string, string>>;
  /** For containers that do not say: requests and limits. */
  readonly defaults: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly podMaximum: Readonly<Record<string, string>>;
}

/** A namespace and its isolation: Pod Security `restricted`, a quota, container defaults, default deny. */
export class PlatformNamespace extends Construct {
  constructor(scope: Construct, id: string, props: PlatformNamespaceProps) {
    super(scope, id);
    const { name, quota, defaults, podMaximum } = props;
    const labels = { ...props.labels };
    clusterScoped(
      new k8s.KubeNamespace(this, 'namespace', {
        metadata: { name, labels: { ...labels, ...POD_SECURITY }, annotations: { ...props.annotations } },
      }),
    );
    new k8s.KubeResourceQuota(this, 'quota', {
      metadata: { name: 'quota', namespace: name, labels },
      spec: { hard: quantities(quota) },
    });
    const container = {
      type: 'Container',
      defaultRequest: quantities(defaults.requests),
      default: quantities(defaults.limits),
    };
    new k8s.KubeLimitRange(this, 'limit-range', {
      metadata: { name: 'limits', namespace: name, labels },
      spec: {
        limits: [container, { type: 'Pod', max: quantities(podMaximum) }],
      },
    });
    const everyPod = {};
    const deny = { name: 'default-deny', namespace: name, labels };
    new TrafficPolicy(this, 'default-deny', { ...deny, pods: everyPod, ingress: [], egress: [] });
  }
}

/** https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const POD_SECURITY = {
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/audit': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

/** Takes off the namespace that the chart gives to everything: Namespaces and PriorityClasses are in none. */
export function clusterScoped<T extends ApiObject>(object: T): T {
  object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  return object;
}
