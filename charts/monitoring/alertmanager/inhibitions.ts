import type { Symptom } from '../../plan/alert.ts';

/** While the source fires, the target is not sent; `equal` labels must agree. */
export interface Inhibition {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal: readonly string[];
}

/** What users notice when a service is gone: its own page says it all. */
const OF_A_DEAD_SERVICE: readonly Symptom[] = [
  'availability',
  'latency',
  'redis-client',
  'search-index',
  'cpu',
  'memory',
  'disk',
  'pods',
  'autoscaler',
  'restarts',
];

/** What every service shows when Redis is gone: one page about the cause, not five about its effects. */
const OF_A_DEAD_REDIS: readonly Symptom[] = [
  'availability',
  'latency',
  'redis-client',
  'redis-replication',
  'search-index',
];

const anyOf = (symptoms: readonly Symptom[]) => `symptom=~"${symptoms.join('|')}"`;

export const INHIBITIONS: readonly Inhibition[] = [
  { source: ['severity="critical"'], target: ['severity="warning"'], equal: ['namespace', 'service', 'symptom'] },
  { source: ['alertname="ServiceDown"'], target: [anyOf(OF_A_DEAD_SERVICE)], equal: ['namespace', 'service'] },
  { source: ['alertname="RedisDown"'], target: [anyOf(OF_A_DEAD_REDIS)], equal: ['namespace'] },
  {
    source: ['alertname=~"ServiceDown|RedisDown"'],
    target: ['alertname="TargetDown"'],
    equal: ['namespace', 'service'],
  },
];
