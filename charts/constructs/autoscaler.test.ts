import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { Autoscaler } from './autoscaler.ts';

const autoscaler = theOnly(
  manifestsOf(
    (chart) =>
      new Autoscaler(chart, 'autoscaler', {
        name: 'authors',
        labels: {},
        minReplicas: 2,
        maxReplicas: 5,
        cpuPercent: 70,
        memoryPercent: 80,
        scaleDown: { windowSeconds: 300, percent: 50, periodSeconds: 60 },
        scaleUp: { windowSeconds: 60, percent: 100, periodSeconds: 30 },
      }),
  ),
  'HorizontalPodAutoscaler',
);

describe('the autoscaler', () => {
  it('scales the Deployment between the minimum and the maximum', () => {
    expect(at(autoscaler, 'spec.scaleTargetRef')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'authors',
    });
    expect(at(autoscaler, 'spec.minReplicas')).toBe(2);
    expect(at(autoscaler, 'spec.maxReplicas')).toBe(5);
  });

  it('looks at CPU and memory, each in percent of the request', () => {
    const target = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization });
    expect(at(autoscaler, 'spec.metrics')).toEqual([
      { type: 'Resource', resource: { name: 'cpu', target: target(70) } },
      { type: 'Resource', resource: { name: 'memory', target: target(80) } },
    ]);
  });

  it('shrinks slowly and grows fast', () => {
    expect(at(autoscaler, 'spec.behavior.scaleDown')).toEqual({
      stabilizationWindowSeconds: 300,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
    });
    expect(at(autoscaler, 'spec.behavior.scaleUp')).toEqual({
      stabilizationWindowSeconds: 60,
      selectPolicy: 'Max',
      policies: [{ type: 'Percent', value: 100, periodSeconds: 30 }],
    });
  });
});
