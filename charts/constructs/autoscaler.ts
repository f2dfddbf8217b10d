import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, metadataOf } from './labels.ts';

/** At most `percent` of the pods change in `periodSeconds`, and only when the figures of the last `windowSeconds` agree. */
export interface ScalingPace {
  readonly windowSeconds: number;
  readonly percent: number;
  readonly periodSeconds: number;
}

/** It is called like the Deployment that it scales. */
export interface AutoscalerProps extends Identity {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Average use in percent of the request, above which it adds pods. */
  readonly cpuPercent: number;
  /** Null for CPU alone. */
  readonly memoryPercent: number | null;
  readonly scaleDown: ScalingPace;
  readonly scaleUp: ScalingPace;
}

/** Scales a Deployment on CPU and, unless it should not count, memory. */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: metadataOf(props),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.name },
        minReplicas: props.minReplicas,
        maxReplicas: props.maxReplicas,
        metrics: [
          utilization('cpu', props.cpuPercent),
          ...(props.memoryPercent === null ? [] : [utilization('memory', props.memoryPercent)]),
        ],
        behavior: { scaleDown: rules(props.scaleDown), scaleUp: rules(props.scaleUp) },
      },
    });
  }
}

function utilization(name: string, averageUtilization: number): k8s.MetricSpecV2 {
  return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization } } };
}

function rules({ windowSeconds, percent, periodSeconds }: ScalingPace): k8s.HpaScalingRulesV2 {
  return {
    selectPolicy: 'Max',
    stabilizationWindowSeconds: windowSeconds,
    policies: [{ type: 'Percent', value: percent, periodSeconds }],
  };
}
