import { METRICS } from '../../../app/contract.ts';
import { when } from '../../constructs/lists.ts';
import { type Alert, aboutService, critical, EFFECTS_FADE, warning } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedService } from '../../plan/part.ts';
import { series } from '../promql.ts';
import { constant, counter, pod, trafficOf } from './proof.ts';
import { type Promising, promises, SERVICE_SERIES, slisOf } from './sli.ts';

/** What users of one service notice now, beside its error budget. */
export function trafficAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  return [
    ...when(service.scraped, serviceDown(service, context)),
    ...(promises(service) ? requestAlerts(service, context) : []),
    ...ownAlerts(service, context),
  ];
}

function serviceDown(service: WatchedService, context: MonitoringContext): Alert {
  const { name } = service;
  const up = (suffix: string, value: number) => constant(`up{${pod(context, name, suffix)}}`, value);
  return critical('ServiceDown', {
    ...aboutService(service),
    symptom: 'target',
    expr: `absent(${series('up', { namespace: context.namespace, job: name })} == 1)`,
    for: '1m',
    keepFiringFor: EFFECTS_FADE,
    summary: `${name} is down: none of its pods answers`,
    description: `Prometheus reaches no pod of ${name} in ${context.namespace}, so users most likely reach none either.`,
    proof: { fires: [up('a', 0)], quiet: [up('a', 0), up('b', 1)], at: '5m' },
  });
}

/** Share of failed requests that pages at once, whatever the error budget says. */
export const HIGH_ERROR_RATIO = 0.05;
/** Failures a second below which a share of them says little. */
const FEWEST_FAILURES = 0.05;

function requestAlerts(service: Promising, context: MonitoringContext): Alert[] {
  const { name, objectives } = service;
  const scope = { namespace: context.namespace, service: name };
  const [availability, p95] = slisOf(service, context);
  const failing = (share: number) => trafficOf(availability, context, { share, requests: 3_000, steps: 60 });
  const slow = (share: number) => trafficOf(p95, context, { share, requests: 3_000, steps: 120 });
  return [
    critical('HighErrorRate', {
      ...aboutService(service),
      symptom: 'availability',
      expr: `${series(SERVICE_SERIES.errorRatio, scope)} > ${HIGH_ERROR_RATIO} and ${series(SERVICE_SERIES.failed, scope)} > ${FEWEST_FAILURES}`,
      for: '1m',
      summary: `${name} fails {{ $value | humanizePercentage }} of its requests`,
      description: `More than 5 % of the requests of the last two minutes ended in a 5xx, and more than ${FEWEST_FAILURES} a second.`,
      proof: { fires: failing(0.06), quiet: failing(0.045), at: '10m' },
    }),
    warning('SlowResponses', {
      ...aboutService(service),
      symptom: 'latency',
      expr: `${series(SERVICE_SERIES.quantile(95), scope)} > ${objectives.p95Seconds}`,
      for: '10m',
      summary: `${name} is slow: 5 % of its requests take longer than {{ $value | humanizeDuration }}`,
      description: `The 95th percentile of the response time has been above its target of ${objectives.p95Seconds} s for 10 minutes.`,
      proof: { fires: slow(0.06), quiet: slow(0.04), at: '30m' },
    }),
  ];
}

/** A new quote is promised within a second. */
export const LAG_SECONDS = 5;

/** What a service says of itself, by the metric that it takes. */
function ownAlerts(service: WatchedService, context: MonitoringContext): Alert[] {
  const { name } = service;
  const about = aboutService(service);
  const of = (metric: string) => series(metric, { namespace: context.namespace, job: name });
  const shed = (perStep: number) => [counter(`${METRICS.shed}{${pod(context, name)},service="${name}"}`, perStep)];
  const up = (suffix: string, value: number) => constant(`${METRICS.redisUp}{${pod(context, name, suffix)}}`, value);
  const lag = (seconds: number) => [constant(`${METRICS.searchLag}{${pod(context, name)}}`, seconds)];
  const alerts = {
    [METRICS.shed]: warning('RequestsShed', {
      ...about,
      symptom: 'availability',
      expr: `sum by (namespace, job) (rate(${of(METRICS.shed)}[5m])) > 0.1`,
      for: '5m',
      summary: `${name} rejects {{ $value | humanize }} requests a second`,
      description:
        'Pods answer 503 with Retry-After at their limit of concurrent requests, more than 0.1 a second for 5 minutes.',
      proof: { fires: shed(4), quiet: shed(2), at: '20m' },
    }),
    [METRICS.redisUp]: critical('ServiceLostRedis', {
      ...about,
      symptom: 'redis-client',
      expr: `max by (namespace, job) (${of(METRICS.redisUp)}) == 0`,
      for: '1m',
      summary: `No pod of ${name} is connected to Redis`,
      description: `Every pod of ${name} has lost its connection to Redis for a minute, which is longer than a failover takes. Requests that need the store get 503.`,
      proof: { fires: [up('a', 0), up('b', 0)], quiet: [up('a', 0), up('b', 1)], at: '5m' },
    }),
    [METRICS.searchLag]: warning('SearchIndexLagging', {
      ...about,
      symptom: 'search-index',
      expr: `${of(METRICS.searchLag)} > ${LAG_SECONDS}`,
      for: '5m',
      summary: 'The index of pod {{ $labels.pod }} is {{ $value | humanizeDuration }} behind',
      description: `A new quote should be found within a second; this pod has been more than ${LAG_SECONDS} s behind for 5 minutes.`,
      proof: { fires: lag(LAG_SECONDS + 1), quiet: lag(LAG_SECONDS - 1), at: '10m' },
    }),
  };
  return Object.entries(alerts).flatMap(([metric, alert]) => when(service.shows(metric), alert));
}
