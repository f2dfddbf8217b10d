import { REDIS_NAMES, SENTINEL_QUORUM } from '../../redis/shape.ts';
import { series } from '../promql.ts';
import type { Watch, WatchedRedis } from '../watch.ts';
import { constant } from './proof.ts';
import { ofServer, REDIS } from './redis-series.ts';
import type { Alert } from './rule.ts';

const ABOUT = { service: REDIS, dashboard: 'redis' } as const;

/** Three servers that copy one: is the copy whole, is there one primary only. */
export function replicationAlerts(redis: WatchedRedis, watch: Watch): Alert[] {
  return [
    replicationBroken(redis, watch),
    replicaMissing(redis, watch),
    severalPrimaries(watch),
    sentinelsMissing(watch),
  ];
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

function replicationBroken({ required }: WatchedRedis, watch: Watch): Alert {
  return {
    ...ABOUT,
    name: 'RedisReplicationBroken',
    severity: 'critical',
    symptom: 'redis-replication',
    expr: `${connected(watch)} < ${required}`,
    for: '2m',
    summary: `{{ $value }} replicas follow the Redis primary; a write needs ${required}`,
    description:
      'A write is acknowledged only when it is on the disk of that many replicas: every write now ends in 503. Reads go on, and nothing is lost.',
    proof: { fires: replicas(watch, required - 1), quiet: replicas(watch, required), at: '5m' },
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
    description:
      'What was acknowledged is safe. Whether writes go on is the `durability` of the environment: with `all` they do not.',
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
      'After a failover the old primary must follow the new one within seconds; what clients try to write to the wrong one is refused.',
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
