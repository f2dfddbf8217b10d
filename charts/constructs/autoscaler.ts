import { Duration } from 'cdk8s';
import {
  type Deployment,
  HorizontalPodAutoscaler,
  Metric,
  MetricTarget,
  Replicas,
  ScalingStrategy,
} from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { Scaling, ScalingPace } from '../environments/environment.ts';

export interface AutoscalerProps {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly target: Deployment;
  readonly floor: number;
  readonly ceiling: number;
  readonly scaling: Extract<Scaling, { kind: 'auto' }>;
}

/** Scales on CPU and memory, each in percent of the request, at the environment's pace. */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { scaling } = props;
    new HorizontalPodAutoscaler(this, 'autoscaler', {
      metadata: { name: props.name, labels: { ...props.labels } },
      target: props.target,
      minReplicas: props.floor,
      maxReplicas: props.ceiling,
      metrics: [
        Metric.resourceCpu(MetricTarget.averageUtilization(scaling.cpuPercent)),
        Metric.resourceMemory(MetricTarget.averageUtilization(scaling.memoryPercent)),
      ],
      scaleDown: rules(scaling.scaleDown),
      scaleUp: rules(scaling.scaleUp),
    });
  }
}

function rules(pace: ScalingPace) {
  return {
    strategy: ScalingStrategy.MAX_CHANGE,
    stabilizationWindow: Duration.seconds(pace.windowSeconds),
    policies: [{ replicas: Replicas.percent(pace.percent), duration: Duration.seconds(pace.periodSeconds) }],
  };
}
