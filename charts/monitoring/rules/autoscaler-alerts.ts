import type { Alert, ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';

const HPA = 'kube_horizontalpodautoscaler';
/** A climb from the minimum to the maximum and back is about six changes in half an hour: more is hesitation. */
const CHANGES = 8;

/** Whether the autoscaler of a service can do its work; none where nothing scales. */
export function autoscalerAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  if (!service.size.autoscaled) return [];
  return [atCeiling(service, context), flapping(service, context), blind(service, context)];
}

function labels(context: MonitoringContext, name: string): string {
  return `namespace="${context.namespace}",horizontalpodautoscaler="${name}"`;
}

function atCeiling({ name, size }: WatchedService, context: MonitoringContext): Alert {
  const metric = `${HPA}_status_current_replicas`;
  const pods = (count: number) => [constant(`${metric}{${labels(context, name)}}`, count)];
  return {
    name: 'AutoscalerAtCeiling',
    severity: 'warning',
    symptom: 'autoscaler',
    service: name,
    expr: `${metric}{${labels(context, name)}} >= ${size.maxReplicas}`,
    for: '15m',
    summary: `${name} runs at its ceiling of ${size.maxReplicas} pods`,
    description: `The autoscaler has wanted all ${size.maxReplicas} pods for 15 minutes; more load makes the service slower, not larger.`,
    dashboard: 'capacity',
    proof: { fires: pods(size.maxReplicas), quiet: pods(size.maxReplicas - 1), at: '20m' },
  };
}

function flapping({ name }: WatchedService, context: MonitoringContext): Alert {
  const metric = `${HPA}_status_desired_replicas`;
  const wanted = (values: string): ProofSeries[] => [{ series: `${metric}{${labels(context, name)}}`, values }];
  return {
    name: 'AutoscalerFlapping',
    severity: 'warning',
    symptom: 'autoscaler',
    service: name,
    expr: `changes(${metric}{${labels(context, name)}}[30m]) > ${CHANGES}`,
    for: '5m',
    summary: `The autoscaler of ${name} changed its mind {{ $value }} times in half an hour`,
    description: `More than ${CHANGES} changes in 30 minutes: pods start and stop without an end, which costs capacity while they warm up.`,
    dashboard: 'capacity',
    proof: {
      fires: wanted(Array.from({ length: 30 }, (_, turn) => `${3 + (turn % 2)}x3`).join(' ')),
      quiet: wanted(Array.from({ length: 30 }, (_, turn) => `${3 + (turn % 2)}x7`).join(' ')),
      at: '45m',
    },
  };
}

function blind({ name }: WatchedService, context: MonitoringContext): Alert {
  const metric = `${HPA}_status_condition`;
  const condition = (status: string) =>
    `${metric}{${labels(context, name)},condition="ScalingActive",status="${status}"}`;
  return {
    name: 'AutoscalerBlind',
    severity: 'warning',
    symptom: 'autoscaler',
    service: name,
    expr: `${series(metric, { namespace: context.namespace, horizontalpodautoscaler: name, condition: 'ScalingActive', status: 'false' })} == 1`,
    for: '5m',
    summary: `The autoscaler of ${name} has no figures to act on`,
    description: 'ScalingActive has been false for 5 minutes: no CPU or memory figures, so load does not add pods.',
    dashboard: 'capacity',
    proof: {
      fires: [constant(condition('false'), 1), constant(condition('true'), 0)],
      quiet: [constant(condition('false'), 0), constant(condition('true'), 1)],
      at: '10m',
    },
  };
}
