import { REDIS_NAMES, SENTINEL_QUORUM } from '../../redis/shape.ts';
import { series } from '../promql.ts';
import type { Watch, WatchedRedis } from '../watch.ts';
import { constant } from './proof.ts';
import { ofServer, REDIS } from './redis-series.ts';
import type { Alert } from './rule.ts';

const ABOUT = { service: REDIS, dashboard: 'redis' } as const;

/** Three servers that copy one: is the copy whole, is there one primary only. */
export function replicationAlerts(redis: WatchedRedis, watch: Watch): Alert[] {
  return [replicationBroken(watch), replicaMissing(redis, watch), severalPrimaries(watch), sentinelsMissing(watch)];
}

function connected(watch: Watch): string {
  return `max by (namespace, job) (${series('redis_connected_slaves', { namespace: watch.namespace, job: REDIS })})`;
}

function replicas(watch: Watch, count: number) {
  return [
    constant(ofServer(watch, 'redis_connected_slaves', 0), count),
    constant(ofServer(watch, 'redis_connected_slaves', 1), 0),
  ];
}

function replicationBroken(watch: Watch): Alert {
  return {
    ...ABOUT,
    name: 'RedisReplicationBroken',
    severity: 'critical',
    symptom: 'redis-replication',
    expr: `${connected(watch)} < 1`,
    for: '1m',
    summary: 'No replica follows the Redis primary',
    description:
      'A write is acknowledged only when one replica has it: every write now ends in 503, and losing the primary would lose the service.',
    proof: { fires: replicas(watch, 0), quiet: replicas(watch, 1), at: '5m' },
  };
}

function replicaMissing({ servers }: WatchedRedis, watch: Watch): Alert {
  const wanted = servers - 1;
  return {
    ...ABOUT,
    name: 'RedisReplicaMissing',
    severity: 'warning',
    symptom: 'redis-replication',
    expr: `${connected(watch)} < ${wanted}`,
    for: '5m',
    summary: `{{ $value }} of ${wanted} Redis replicas follow the primary`,
    description: 'Data is safe and writes go on; one more loss and they stop.',
    proof: { fires: replicas(watch, wanted - 1), quiet: replicas(watch, wanted), at: '10m' },
  };
}

function severalPrimaries(watch: Watch): Alert {
  const role = (ordinal: number, name: string) =>
    constant(ofServer(watch, 'redis_instance_info', ordinal, `,role="${name}"`), 1);
  return {
    ...ABOUT,
    name: 'RedisSeveralPrimaries',
    severity: 'critical',
    symptom: 'redis-replication',
    expr: `count by (namespace, job) (${series('redis_instance_info', { namespace: watch.namespace, job: REDIS, role: 'master' })}) > 1`,
    for: '1m',
    summary: '{{ $value }} Redis servers believe that they are the primary',
    description:
      'After a failover the old primary must follow the new one within seconds; what clients write to the wrong one is lost.',
    proof: { fires: [role(0, 'master'), role(1, 'master')], quiet: [role(0, 'master'), role(1, 'slave')], at: '5m' },
  };
}

function sentinelsMissing(watch: Watch): Alert {
  const metric = 'kube_statefulset_status_replicas_ready';
  const ready = series(metric, { namespace: watch.namespace, statefulset: REDIS_NAMES.sentinels });
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
