import type { Alert } from '../../plan/alert.ts';
import type { MonitoringContext, WatchedRedis } from '../../plan/part.ts';
import { REDIS_NAMES, SENTINEL_QUORUM } from '../../redis/shape.ts';
import { series } from '../promql.ts';
import { constant } from './proof.ts';
import { ofServer, REDIS } from './redis-series.ts';

const ABOUT = { service: REDIS, dashboard: 'redis' } as const;

/** Three servers that copy one: is the copy whole, is there one primary only. */
export function replicationAlerts(redis: WatchedRedis, context: MonitoringContext): Alert[] {
  return [
    replicationBroken(redis, context),
    replicaMissing(redis, context),
    severalPrimaries(context),
    sentinelsMissing(context),
  ];
}

function connected(context: MonitoringContext): string {
  return `max by (namespace, job) (${series('redis_connected_slaves', { namespace: context.namespace, job: REDIS })})`;
}

function replicas(context: MonitoringContext, count: number) {
  return [
    constant(ofServer(context, 'redis_connected_slaves', 0), count),
    constant(ofServer(context, 'redis_connected_slaves', 1), 0),
  ];
}

function replicationBroken({ required }: WatchedRedis, context: MonitoringContext): Alert {
  return {
    ...ABOUT,
    name: 'RedisReplicationBroken',
    severity: 'critical',
    symptom: 'redis-replication',
    expr: `${connected(context)} < ${required}`,
    for: '2m',
    summary: `{{ $value }} replicas follow the Redis primary; a write needs ${required}`,
    description:
      'A write is acknowledged only when it is on the disk of that many replicas: every write now ends in 503. Reads go on, and nothing is lost.',
    proof: { fires: replicas(context, required - 1), quiet: replicas(context, required), at: '5m' },
  };
}

function replicaMissing({ servers }: WatchedRedis, context: MonitoringContext): Alert {
  const wanted = servers - 1;
  return {
    ...ABOUT,
    name: 'RedisReplicaMissing',
    severity: 'warning',
    symptom: 'redis-replication',
    expr: `${connected(context)} < ${wanted}`,
    for: '5m',
    summary: `{{ $value }} of ${wanted} Redis replicas follow the primary`,
    description:
      'What was acknowledged is safe. Whether writes go on is the `durability` of the environment: with `all` they do not.',
    proof: { fires: replicas(context, wanted - 1), quiet: replicas(context, wanted), at: '10m' },
  };
}

function severalPrimaries(context: MonitoringContext): Alert {
  const role = (ordinal: number, name: string) =>
    constant(ofServer(context, 'redis_instance_info', ordinal, `,role="${name}"`), 1);
  return {
    ...ABOUT,
    name: 'RedisSeveralPrimaries',
    severity: 'critical',
    symptom: 'redis-replication',
    expr: `count by (namespace, job) (${series('redis_instance_info', { namespace: context.namespace, job: REDIS, role: 'master' })}) > 1`,
    for: '1m',
    summary: '{{ $value }} Redis servers believe that they are the primary',
    description:
      'After a failover the old primary must follow the new one within seconds; what clients try to write to the wrong one is refused.',
    proof: { fires: [role(0, 'master'), role(1, 'master')], quiet: [role(0, 'master'), role(1, 'slave')], at: '5m' },
  };
}

function sentinelsMissing(context: MonitoringContext): Alert {
  const metric = 'kube_statefulset_status_replicas_ready';
  const ready = series(metric, { namespace: context.namespace, statefulset: REDIS_NAMES.sentinels });
  return {
    ...ABOUT,
    name: 'RedisSentinelsMissing',
    severity: 'critical',
    symptom: 'redis-failover',
    expr: `${ready} < ${SENTINEL_QUORUM}`,
    for: '5m',
    summary: `{{ $value }} Sentinels are ready; ${SENTINEL_QUORUM} must agree on a failover`,
    description:
      'Redis serves as before. If its primary is lost now, nobody promotes a replica and every service answers 503.',
    proof: {
      fires: [constant(ready, SENTINEL_QUORUM - 1)],
      quiet: [constant(ready, SENTINEL_QUORUM)],
      at: '10m',
    },
  };
}
