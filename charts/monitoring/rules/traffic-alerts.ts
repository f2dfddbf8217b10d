import { METRICS } from '../../../app/contract.ts';
import { type Alert, EFFECTS_FADE, type ProofSeries } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import type { Objectives } from '../../plan/service-spec.ts';
import { series } from '../promql.ts';
import { constant, counter, pod, trafficOf } from './proof.ts';
import { promises, SERVICE_SERIES, slisOf } from './sli.ts';

/** What users of one service notice now, beside its error budget. */
export function trafficAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  return [
    ...(service.scraped ? [serviceDown(service, context)] : []),
    ...(promises(service)
      ? [highErrorRate(service, context), slowResponses(service, context, service.objectives)]
      : []),
    ...(service.shows(METRICS.shed) ? [requestsShed(service, context)] : []),
    ...(service.shows(METRICS.redisUp) ? [lostRedis(service, context)] : []),
  ];
}

function serviceDown({ name }: WatchedService, context: MonitoringContext): Alert {
  return {
    name: 'ServiceDown',
    severity: 'critical',
    symptom: 'target',
    service: name,
    expr: `absent(${series('up', { namespace: context.namespace, job: name })} == 1)`,
    for: '1m',
    keepFiringFor: EFFECTS_FADE,
    summary: `${name} is down: none of its pods answers`,
    description: `Prometheus reaches no pod of ${name} in ${context.namespace}, so users most likely reach none either.`,
    dashboard: { service: name },
    proof: {
      fires: [constant(`up{${pod(context, name)}}`, 0)],
      quiet: [constant(`up{${pod(context, name)}}`, 0), constant(`up{${pod(context, name, 'b')}}`, 1)],
      at: '5m',
    },
  };
}

/** Share of failed requests that pages at once, whatever the error budget says. */
export const HIGH_ERROR_RATIO = 0.05;
/** Failures a second below which a share of them says little. */
const FEWEST_FAILURES = 0.05;

function highErrorRate(service: WatchedService, context: MonitoringContext): Alert {
  const { name } = service;
  const scope = { namespace: context.namespace, service: name };
  const [availability] = slisOf(service, context);
  const traffic = (share: number): ProofSeries[] =>
    availability === undefined ? [] : trafficOf(availability, context, { share, requests: 3_000, steps: 60 });
  return {
    name: 'HighErrorRate',
    severity: 'critical',
    symptom: 'availability',
    service: name,
    expr: `${series(SERVICE_SERIES.errorRatio, scope)} > ${HIGH_ERROR_RATIO} and ${series(SERVICE_SERIES.failed, scope)} > ${FEWEST_FAILURES}`,
    for: '1m',
    summary: `${name} fails {{ $value | humanizePercentage }} of its requests`,
    description: `More than 5 % of the requests of the last two minutes ended in a 5xx, and more than ${FEWEST_FAILURES} a second.`,
    dashboard: { service: name },
    proof: { fires: traffic(0.06), quiet: traffic(0.045), at: '10m' },
  };
}

function slowResponses(service: WatchedService, context: MonitoringContext, { p95Seconds }: Objectives): Alert {
  const { name } = service;
  const sli = slisOf(service, context).find(({ slo }) => slo === 'latency-p95');
  const traffic = (share: number): ProofSeries[] =>
    sli === undefined ? [] : trafficOf(sli, context, { share, requests: 3_000, steps: 120 });
  return {
    name: 'SlowResponses',
    severity: 'warning',
    symptom: 'latency',
    service: name,
    expr: `${series(SERVICE_SERIES.quantile(95), { namespace: context.namespace, service: name })} > ${p95Seconds}`,
    for: '10m',
    summary: `${name} is slow: 5 % of its requests take longer than {{ $value | humanizeDuration }}`,
    description: `The 95th percentile of the response time has been above its target of ${p95Seconds} s for 10 minutes.`,
    dashboard: { service: name },
    proof: { fires: traffic(0.06), quiet: traffic(0.04), at: '30m' },
  };
}

function requestsShed({ name }: WatchedService, context: MonitoringContext): Alert {
  const shed = (perStep: number) => [counter(`${METRICS.shed}{${pod(context, name)},service="${name}"}`, perStep)];
  return {
    name: 'RequestsShed',
    severity: 'warning',
    symptom: 'availability',
    service: name,
    expr: `sum by (namespace, job) (rate(${series(METRICS.shed, { namespace: context.namespace, job: name })}[5m])) > 0.1`,
    for: '5m',
    summary: `${name} rejects {{ $value | humanize }} requests a second`,
    description:
      'Pods answer 503 with Retry-After at their limit of concurrent requests, more than 0.1 a second for 5 minutes.',
    dashboard: { service: name },
    proof: { fires: shed(4), quiet: shed(2), at: '20m' },
  };
}

function lostRedis({ name }: WatchedService, context: MonitoringContext): Alert {
  const up = (suffix: string, value: number) => constant(`${METRICS.redisUp}{${pod(context, name, suffix)}}`, value);
  return {
    name: 'ServiceLostRedis',
    severity: 'critical',
    symptom: 'redis-client',
    service: name,
    expr: `max by (namespace, job) (${series(METRICS.redisUp, { namespace: context.namespace, job: name })}) == 0`,
    for: '1m',
    summary: `No pod of ${name} is connected to Redis`,
    description: `Every pod of ${name} has lost its connection to Redis for a minute, which is longer than a failover takes. Requests that need the store get 503.`,
    dashboard: { service: name },
    proof: { fires: [up('a', 0), up('b', 0)], quiet: [up('a', 0), up('b', 1)], at: '5m' },
  };
}

/** A new quote is promised within a second. */
export const LAG_SECONDS = 5;

export function searchAlerts({ name, shows }: WatchedService, context: MonitoringContext): Alert[] {
  if (!shows(METRICS.searchLag)) return [];
  const lag = (seconds: number) => [constant(`${METRICS.searchLag}{${pod(context, name)}}`, seconds)];
  return [
    {
      name: 'SearchIndexLagging',
      severity: 'warning',
      symptom: 'search-index',
      service: name,
      expr: `${series(METRICS.searchLag, { namespace: context.namespace, job: name })} > ${LAG_SECONDS}`,
      for: '5m',
      summary: 'The index of pod {{ $labels.pod }} is {{ $value | humanizeDuration }} behind',
      description: `A new quote should be found within a second; this pod has been more than ${LAG_SECONDS} s behind for 5 minutes.`,
      dashboard: { service: name },
      proof: { fires: lag(LAG_SECONDS + 1), quiet: lag(LAG_SECONDS - 1), at: '10m' },
    },
  ];
}
