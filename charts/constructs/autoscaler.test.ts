import { describe, expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { PROPS } from './microservice.fixture.ts';
import { Microservice } from './microservice.ts';

const autoscaler = theOnly(
  manifestsOf((chart) => new Microservice(chart, 'authors', PROPS)),
  'HorizontalPodAutoscaler',
);

describe('the autoscaler', () => {
  it('scales the Deployment between the floor and the ceiling', () => {
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
