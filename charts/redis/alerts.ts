import { series } from '../monitoring/promql.ts';
import { constant } from '../monitoring/rules/proof.ts';
import { type Alert, EFFECTS_FADE, type ProofSeries } from '../plan/alert.ts';
import type { MonitoringContext } from '../plan/part.ts';
import { type OwnRedis, REDIS_NAMES, requiredReplicas, SENTINEL_QUORUM, serverCount } from './shape.ts';

/** The scrape job of the exporters beside the Redis servers, and the label `service` of what is about them. */
export const REDIS = 'redis';

/** A series of one server, as the scrape labels it. */
export function ofServer(context: MonitoringContext, metric: string, ordinal = 0, more = ''): string {
  return `${metric}{namespace="${context.namespace}",job="${REDIS}",pod="redis-${ordinal}"${more}}`;
}

/** The servers: are they there, do they have room, do they keep what they were given. */
export function serverAlerts(redis: OwnRedis, context: MonitoringContext): Alert[] {
  return [
    redisDown(context),
    ...memoryAlerts(context),
    ...connectionAlerts(redis, context),
    ...(serverCount(redis) > 1 ? replicationAlerts(redis, context) : []),
    ...(redis.persistence.kind === 'volume' ? [persistenceFailing(context), rejectsItsData(context)] : []),
  ];
}

const ABOUT = { service: REDIS, dashboard: 'redis' } as const;

function scope(context: MonitoringContext): Record<string, string> {
  return { namespace: context.namespace, job: REDIS };
}

function redisDown(context: MonitoringContext): Alert {
  const server = (role: string) => [constant(ofServer(context, 'redis_instance_info', 0, `,role="${role}"`), 1)];
  return {
    ...ABOUT,
    name: 'RedisDown',
    severity: 'critical',
    symptom: 'redis',
    expr: `absent(${series('redis_instance_info', { ...scope(context), role: 'master' })})`,
    for: '1m',
    keepFiringFor: EFFECTS_FADE,
    summary: 'No Redis primary answers',
    description: `Reads and writes of every service in ${context.namespace} fail with 503 until one answers; a failover should take 15 seconds.`,
    proof: { fires: server('slave'), quiet: server('master'), at: '5m' },
  };
}

function memoryAlerts(context: MonitoringContext): Alert[] {
  const ratio = `${series('redis_memory_used_bytes', scope(context))} / ${series('redis_memory_max_bytes', scope(context))}`;
  const used = (percent: number) => [
    constant(ofServer(context, 'redis_memory_used_bytes'), percent),
    constant(ofServer(context, 'redis_memory_max_bytes'), 100),
  ];
  const alert = (name: string, percent: number, more: Pick<Alert, 'severity' | 'for' | 'description'>): Alert => ({
    ...ABOUT,
    ...more,
    name,
    symptom: 'redis-memory',
    expr: `${ratio} > ${percent / 100}`,
    summary: 'Redis {{ $labels.pod }} uses {{ $value | humanizePercentage }} of its maxmemory',
    proof: { fires: used(percent + 1), quiet: used(percent - 1), at: '10m' },
  });
  return [
    alert('RedisMemoryFull', 95, {
      severity: 'critical',
      for: '2m',
      description: 'Above 95 % of maxmemory (not of the container limit); at 100 % Redis refuses writes (noeviction).',
    }),
    alert('RedisMemoryHigh', 80, {
      severity: 'warning',
      for: '5m',
      description: 'Above 80 % of maxmemory (not of the container limit) for 5 minutes; the data grows towards it.',
    }),
  ];
}

/** Share of maxclients that is nearly all: each new pod brings a few more. */
const CONNECTIONS_PERCENT = 80;

function connectionAlerts({ container: { maxClients } }: OwnRedis, context: MonitoringContext): Alert[] {
  const limit = Math.floor((maxClients * CONNECTIONS_PERCENT) / 100);
  const rejected = (values: string): ProofSeries[] => [
    { series: ofServer(context, 'redis_rejected_connections_total'), values },
  ];
  const clients = (count: number) => [constant(ofServer(context, 'redis_connected_clients'), count)];
  return [
    {
      ...ABOUT,
      name: 'RedisRejectsConnections',
      severity: 'critical',
      symptom: 'redis-connections',
      expr: `increase(${series('redis_rejected_connections_total', scope(context))}[5m]) > 0`,
      for: '1m',
      summary: 'Redis {{ $labels.pod }} rejects connections',
      description: `It is at maxclients (${maxClients}): services that connect now get an error.`,
      proof: { fires: rejected('0x5 1x5 2x5 3x20'), quiet: rejected('3x60'), at: '5m' },
    },
    {
      ...ABOUT,
      name: 'RedisConnectionsHigh',
      severity: 'warning',
      symptom: 'redis-connections',
      expr: `${series('redis_connected_clients', scope(context))} > ${limit}`,
      for: '5m',
      summary: 'Redis {{ $labels.pod }} holds {{ $value }} connections',
      description: `More than ${limit}, which is ${CONNECTIONS_PERCENT} % of maxclients (${maxClients}), for 5 minutes.`,
      proof: { fires: clients(limit + 1), quiet: clients(limit), at: '10m' },
    },
  ];
}

/** 128 + SIGABRT: how a server ends that stops itself (`propagation-error-behavior panic` in redis.conf). */
const ABORTED = 134;

function rejectsItsData({ namespace }: MonitoringContext): Alert {
  const [code, running] = ['kube_pod_container_status_last_terminated_exitcode', 'kube_pod_container_status_running'];
  const redis = { namespace, container: REDIS_NAMES.servers };
  const ended = (value: number) => [
    constant(series(code, { ...redis, pod: 'redis-0' }), value),
    constant(series(running, { ...redis, pod: 'redis-0' }), 0),
  ];
  return {
    ...ABOUT,
    name: 'RedisRejectsItsData',
    severity: 'critical',
    symptom: 'redis-persistence',
    expr: `${series(code, redis)} == ${ABORTED} and ${series(running, redis)} == 0`,
    for: '1m',
    summary: 'Redis {{ $labels.pod }} stopped rather than leave out data that it had to reject',
    description:
      'It read a command from its append-only file or from its primary that it may not or cannot execute. Its log says which. Its file is as it was.',
    proof: { fires: ended(ABORTED), quiet: ended(137), at: '5m' },
  };
}

function persistenceFailing(context: MonitoringContext): Alert {
  const selector = (metric: string) => series(metric, scope(context));
  const status = (aof: number) => [
    constant(ofServer(context, 'redis_aof_last_write_status'), aof),
    constant(ofServer(context, 'redis_rdb_last_bgsave_status'), 1),
  ];
  return {
    ...ABOUT,
    name: 'RedisPersistenceFailing',
    severity: 'critical',
    symptom: 'redis-persistence',
    expr: `${selector('redis_aof_last_write_status')} == 0 or ${selector('redis_rdb_last_bgsave_status')} == 0`,
    for: '2m',
    summary: 'Redis {{ $labels.pod }} cannot write to its disk',
    description:
      'The last append or snapshot failed; Redis refuses writes until one succeeds, and a restart may lose data.',
    proof: { fires: status(0), quiet: status(1), at: '5m' },
  };
}

/** Three servers that copy one: is the copy whole, is there one primary only. */
function replicationAlerts(redis: OwnRedis, context: MonitoringContext): Alert[] {
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

function replicationBroken(redis: OwnRedis, context: MonitoringContext): Alert {
  const required = requiredReplicas(redis);
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

function replicaMissing(redis: OwnRedis, context: MonitoringContext): Alert {
  const wanted = serverCount(redis) - 1;
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
