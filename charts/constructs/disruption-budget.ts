import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, metadataOf, type SelectorLabels } from './labels.ts';

export interface DisruptionBudgetProps extends Identity {
  readonly pods: SelectorLabels;
  /** Pods that a voluntary disruption must leave; below the minimum of replicas, or no drain can finish. */
  readonly minAvailable: number;
}

/** Keeps a node drain from taking too many pods of one workload at once. */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: DisruptionBudgetProps) {
    super(scope, id);
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: metadataOf(props),
      spec: {
        minAvailable: k8s.IntOrString.fromNumber(props.minAvailable),
        selector: { matchLabels: { ...props.pods } },
        // A pod that never became healthy must not block the drain that would move it.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}
