import type { k8s } from 'cdk8s-plus-28';
import type { LogLevel, ServiceName } from '../../app/contract.ts';
import type { Resources } from '../services/service.ts';
import type { Edge } from './edge.ts';
import type { Monitoring } from './monitoring.ts';
import type { Redis } from './redis.ts';
import type { Secrets } from './secrets.ts';
import type { Sync } from './sync.ts';

/** What runs: an exact tag and, once an image has been pushed, its digest. Written by `npm run promote`. */
export interface Release {
  readonly tag: string;
  /** `sha256:...`; null until a first image has been pushed, and then the exact tag stands alone. */
  readonly digest: string | null;
}

/** What the cluster gives this environment, after the kubelet's and the system's share (node allocatable). */
export interface NodeBudget {
  readonly nodes: number;
  readonly cpuMillisPerNode: number;
  readonly memoryMiBPerNode: number;
  readonly ephemeralMiBPerNode: number;
  /** The kubelet's `maxPods`, less what daemons take. */
  readonly podsPerNode: number;
  /** Persistent volumes of the whole environment, in Gi. */
  readonly storageGi: number;
}

/** How many pods of each service. */
export type Scaling =
  | { readonly kind: 'fixed'; readonly replicas: number }
  | {
      readonly kind: 'auto';
      readonly floor: number;
      readonly ceiling: number;
      /** Average use in percent of the request, above which the autoscaler adds pods. */
      readonly cpuPercent: number;
      readonly memoryPercent: number;
      readonly scaleDown: ScalingPace;
      readonly scaleUp: ScalingPace;
    };

/** At most `percent` of the pods change in `periodSeconds`, and only when the figures of the last `windowSeconds` agree. */
export interface ScalingPace {
  readonly windowSeconds: number;
  readonly percent: number;
  readonly periodSeconds: number;
}

/** Container requests and limits of our services. */
export interface ResourcePolicy {
  /** `fixed`: the same for all. `measured`: from the service's measured figures, never below the floor. */
  readonly requests:
    | ({ readonly kind: 'fixed' } & Resources)
    | { readonly kind: 'measured'; readonly floor: Resources };
  readonly limits: Resources;
}

/** How pods of one service keep apart. `required` blocks scheduling (maxSkew 1), `preferred` only ranks nodes. */
export interface Spread {
  readonly hosts: 'none' | 'preferred' | 'required';
  readonly zones: 'none' | 'preferred';
}

/** Rolling updates never go below the wanted number of pods; these say how fast they go. */
export interface Rollout {
  /** Extra pods while a new version rolls out, in percent of the pods (rounded up). */
  readonly surgePercent: number;
  /** A new pod must be ready this long before the next one is replaced. */
  readonly minReadySeconds: number;
  /** A rollout without progress for this long has failed. */
  readonly progressDeadlineSeconds: number;
}

/** How long a pod may take to stop. `drain` < `shutdown` < `grace`. */
export interface Stopping {
  /** Unready, still serving: longer than the balancers take to notice. */
  readonly drainSeconds: number;
  /** The application's own hard limit. */
  readonly shutdownSeconds: number;
  /** After this the kubelet kills (terminationGracePeriodSeconds). */
  readonly graceSeconds: number;
}

/** One typed, shallow difference for one service. Always with a comment that says why. */
export interface ServiceSizing {
  readonly floor?: number;
  readonly ceiling?: number;
  readonly requests?: Resources;
  readonly limits?: Resources;
}

/** Where pods may run: the node pool of this environment. */
export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly {
    readonly key: string;
    readonly value: string;
    readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  }[];
  /** Wishes beyond the spread, as Kubernetes writes them; null for none. */
  readonly affinity: k8s.Affinity | null;
}

/**
 * One environment: policy only, every field required, a value and never a patch.
 * What a service needs by itself is in its ServiceSpec; sizing.ts joins the two.
 */
export interface Environment {
  readonly name: string;
  readonly namespace: string;
  readonly release: Release;
  readonly logLevel: LogLevel;
  /** Whether the seed quotes are loaded into an empty store. */
  readonly seed: boolean;
  readonly budget: NodeBudget;
  readonly scaling: Scaling;
  readonly resources: ResourcePolicy;
  /** Pods of a service that a node drain must leave; null where one replica makes a budget pointless. */
  readonly minAvailable: number | null;
  readonly spread: Spread;
  readonly rollout: Rollout;
  readonly stopping: Stopping;
  /** Who is evicted first under node pressure: the value of this environment's PriorityClass; null for the cluster's default. */
  readonly priority: number | null;
  readonly placement: Placement;
  readonly edge: Edge;
  readonly secrets: Secrets;
  readonly redis: Redis;
  readonly monitoring: Monitoring;
  readonly sync: Sync;
  /** Services sized differently here; empty for most environments. */
  readonly sizing: Readonly<Partial<Record<ServiceName, ServiceSizing>>>;
}
