import { METRICS } from '../../../app/contract.ts';
import { series } from '../promql.ts';
import type { Watch, WatchedService } from '../watch.ts';
import { constant, counter, type ProofSeries } from './proof.ts';
import { pod, trafficOf } from './proof-traffic.ts';
import { type Alert, EFFECTS_FADE } from './rule.ts';
import { SERVICE_SERIES } from './service-recordings.ts';
import { slisOf } from './sli.ts';

/** What users of one service notice now, beside its error budget. */
export function trafficAlerts(service: WatchedService, watch: Watch): Alert[] {
  return [
    serviceDown(service, watch),
    highErrorRate(service, watch),
    slowResponses(service, watch),
    requestsShed(service, watch),
    ...(service.usesRedis ? [lostRedis(service, watch)] : []),
  ];
}

function serviceDown({ name }: WatchedService, watch: Watch): Alert {
  return {
    name: 'ServiceDown',
    severity: 'critical',
    symptom: 'target',
    service: name,
    expr: `absent(${series('up', { namespace: watch.namespace, job: name })} == 1)`,
    for: '1m',
    keepFiringFor: EFFECTS_FADE,
    summary: `${name} is down: not one of its pods answers`,
    description: `Prometheus reaches no pod of ${name} in ${watch.namespace}, so nobody else does either.`,
    dashboard: { service: name },
    proof: {
      fires: [constant(`up{${pod(watch, name)}}`, 0)],
      quiet: [constant(`up{${pod(watch, name)}}`, 0), constant(`up{${pod(watch, name, 'b')}}`, 1)],
      at: '5m',
    },
  };
}

/** Failures a second below which a share of them says little. */
const FEWEST_FAILURES = 0.05;

function highErrorRate(service: WatchedService, watch: Watch): Alert {
  const { name } = service;
  const scope = { namespace: watch.namespace, service: name };
  const [availability] = slisOf(service, watch);
  const traffic = (share: number): ProofSeries[] =>
    availability === undefined ? [] : trafficOf(availability, watch, { share, requests: 3_000, steps: 60 });
  return {
    name: 'HighErrorRate',
    severity: 'critical',
    symptom: 'availability',
    service: name,
    expr: `${series(SERVICE_SERIES.errorRatio, scope)} > 0.05 and ${series(SERVICE_SERIES.failed, scope)} > ${FEWEST_FAILURES}`,
    for: '1m',
    summary: `${name} fails {{ $value | humanizePercentage }} of its requests`,
    description: `More than 5 % of the requests of the last two minutes ended in a 5xx, and more than ${FEWEST_FAILURES} a second.`,
    dashboard: { service: name },
    proof: { fires: traffic(0.06), quiet: traffic(0.045), at: '10m' },
  };
}

function slowResponses(service: WatchedService, watch: Watch): Alert {
  const { name } = service;
  const { p95Seconds } = service.objectives;
  const sli = slisOf(service, watch).find(({ slo }) => slo === 'latency-p95');
  const traffic = (share: number): ProofSeries[] =>
    sli === undefined ? [] : trafficOf(sli, watch, { share, requests: 3_000, steps: 120 });
  return {
    name: 'SlowResponses',
    severity: 'warning',
    symptom: 'latency',
    service: name,
    expr: `${series(SERVICE_SERIES.quantile(95), { namespace: watch.namespace, service: name })} > ${p95Seconds}`,
    for: '10m',
    summary: `${name} is slow: 5 % of its requests take longer than {{ $value | humanizeDuration }}`,
    description: `The 95th percentile of the response time has been above its target of ${p95Seconds} s for 10 minutes.`,
    dashboard: { service: name },
    proof: { fires: traffic(0.06), quiet: traffic(0.04), at: '30m' },
  };
}

function requestsShed({ name }: WatchedService, watch: Watch): Alert {
  const shed = (perStep: number) => [counter(`${METRICS.shed}{${pod(watch, name)},service="${name}"}`, perStep)];
  return {
    name: 'RequestsShed',
    severity: 'warning',
    symptom: 'availability',
    service: name,
    expr: `sum by (namespace, job) (rate(${series(METRICS.shed, { namespace: watch.namespace, job: name })}[5m])) > 0.1`,
    for: '5m',
    summary: `${name} turns away {{ $value | humanize }} requests a second`,
    description: `A replica answers 503 with Retry-After at its bound of concurrent requests; more than 0.1 a second for 5 minutes.`,
    dashboard: { service: name },
    proof: { fires: shed(4), quiet: shed(2), at: '20m' },
  };
}

function lostRedis({ name }: WatchedService, watch: Watch): Alert {
  const up = (suffix: string, value: number) => constant(`${METRICS.redisUp}{${pod(watch, name, suffix)}}`, value);
  return {
    name: 'ServiceLostRedis',
    severity: 'critical',
    symptom: 'redis-client',
    service: name,
    expr: `max by (namespace, job) (${series(METRICS.redisUp, { namespace: watch.namespace, job: name })}) == 0`,
    for: '1m',
    summary: `No replica of ${name} is connected to Redis`,
    description: `Every pod of ${name} has lost its connection to Redis for a minute, longer than a failover takes; it answers 503.`,
    dashboard: { service: name },
    proof: { fires: [up('a', 0), up('b', 0)], quiet: [up('a', 0), up('b', 1)], at: '5m' },
  };
}
