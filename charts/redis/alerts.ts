import { series } from '../monitoring/promql.ts';
import { constant } from '../monitoring/rules/proof.ts';
import { type Alert, critical, EFFECTS_FADE, warning } from '../plan/alert.ts';
import type { MonitoringContext } from '../plan/part.ts';
import { type OwnRedis, REDIS_NAMES, requiredReplicas, SENTINEL_QUORUM, serverCount } from './shape.ts';

/** The scrape job of the exporters beside the Redis servers, and the label `service` of what is about them. */
export const REDIS = 'redis';

/** Whose an alert about the store is, and the page that shows it. */
export const ABOUT_REDIS = { service: REDIS, dashboard: 'redis' } as const;

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
    ...(serverCount(redis) > 1 ? [...replicaAlerts(redis, context), ...failoverAlerts(context)] : []),
    ...(redis.persistence.kind === 'volume' ? persistenceAlerts(context) : []),
  ];
}

/** A metric of all servers, or of those with more labels. */
function ofAll({ namespace }: MonitoringContext, metric: string, more = {}): string {
  return series(metric, { namespace, job: REDIS, ...more });
}

function inRole(context: MonitoringContext, role: 'master' | 'slave', ordinal = 0) {
  return constant(ofServer(context, 'redis_instance_info', ordinal, `,role="${role}"`), 1);
}

function redisDown(context: MonitoringContext): Alert {
  return critical('RedisDown', {
    ...ABOUT_REDIS,
    symptom: 'redis',
    expr: `absent(${ofAll(context, 'redis_instance_info', { role: 'master' })})`,
    for: '1m',
    keepFiringFor: EFFECTS_FADE,
    summary: 'No Redis primary answers',
    description: `Reads and writes of every service in ${context.namespace} fail with 503 until one answers; a failover should take 15 seconds.`,
    proof: { fires: [inRole(context, 'slave')], quiet: [inRole(context, 'master')], at: '5m' },
  });
}

function memoryAlerts(context: MonitoringContext): Alert[] {
  const ratio = `${ofAll(context, 'redis_memory_used_bytes')} / ${ofAll(context, 'redis_memory_max_bytes')}`;
  const used = (percent: number) => [
    constant(ofServer(context, 'redis_memory_used_bytes'), percent),
    constant(ofServer(context, 'redis_memory_max_bytes'), 100),
  ];
  const alert = (name: string, percent: number, more: Pick<Alert, 'severity' | 'for' | 'description'>): Alert => ({
    ...ABOUT_REDIS,
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
  const rejected = (values: string) => [{ series: ofServer(context, 'redis_rejected_connections_total'), values }];
  const clients = (count: number) => [constant(ofServer(context, 'redis_connected_clients'), count)];
  const about = { ...ABOUT_REDIS, symptom: 'redis-connections' } as const;
  return [
    critical('RedisRejectsConnections', {
      ...about,
      expr: `increase(${ofAll(context, 'redis_rejected_connections_total')}[5m]) > 0`,
      for: '1m',
      summary: 'Redis {{ $labels.pod }} rejects connections',
      description: `It is at maxclients (${maxClients}): services that connect now get an error.`,
      proof: { fires: rejected('0x5 1x5 2x5 3x20'), quiet: rejected('3x60'), at: '5m' },
    }),
    warning('RedisConnectionsHigh', {
      ...about,
      expr: `${ofAll(context, 'redis_connected_clients')} > ${limit}`,
      for: '5m',
      summary: 'Redis {{ $labels.pod }} holds {{ $value }} connections',
      description: `More than ${limit}, which is ${CONNECTIONS_PERCENT} % of maxclients (${maxClients}), for 5 minutes.`,
      proof: { fires: clients(limit + 1), quiet: clients(limit), at: '10m' },
    }),
  ];
}

/** 128 + SIGABRT: how a server ends that stops itself (`propagation-error-behavior panic` in redis.conf). */
const ABORTED = 134;

/** Of servers with a volume: do they keep what they were given, and take what they find. */
function persistenceAlerts(context: MonitoringContext): Alert[] {
  const status = (aof: number) => [
    constant(ofServer(context, 'redis_aof_last_write_status'), aof),
    constant(ofServer(context, 'redis_rdb_last_bgsave_status'), 1),
  ];
  const [code, running] = ['kube_pod_container_status_last_terminated_exitcode', 'kube_pod_container_status_running'];
  const redis = { namespace: context.namespace, container: REDIS_NAMES.servers };
  const ended = (value: number) => [
    constant(series(code, { ...redis, pod: 'redis-0' }), value),
    constant(series(running, { ...redis, pod: 'redis-0' }), 0),
  ];
  return [
    critical('RedisPersistenceFailing', {
      ...ABOUT_REDIS,
      symptom: 'redis-persistence',
      expr: `${ofAll(context, 'redis_aof_last_write_status')} == 0 or ${ofAll(context, 'redis_rdb_last_bgsave_status')} == 0`,
      for: '2m',
      summary: 'Redis {{ $labels.pod }} cannot write to its disk',
      description:
        'The last append or snapshot failed; Redis refuses writes until one succeeds, and a restart may lose data.',
      proof: { fires: status(0), quiet: status(1), at: '5m' },
    }),
    critical('RedisRejectsItsData', {
      ...ABOUT_REDIS,
      symptom: 'redis-persistence',
      expr: `${series(code, redis)} == ${ABORTED} and ${series(running, redis)} == 0`,
      for: '1m',
      summary: 'Redis {{ $labels.pod }} stopped rather than leave out data that it had to reject',
      description:
        'It read a command from its append-only file or from its primary that it may not or cannot execute. Its log says which. Its file is as it was.',
      proof: { fires: ended(ABORTED), quiet: ended(137), at: '5m' },
    }),
  ];
}

function replicaAlerts(redis: OwnRedis, context: MonitoringContext): Alert[] {
  const [required, wanted] = [requiredReplicas(redis), serverCount(redis) - 1];
  const connected = `max by (namespace, job) (${ofAll(context, 'redis_connected_slaves')})`;
  const replicas = (count: number) =>
    [count, 0].map((slaves, ordinal) => constant(ofServer(context, 'redis_connected_slaves', ordinal), slaves));
  const about = { ...ABOUT_REDIS, symptom: 'redis-replication' } as const;
  return [
    critical('RedisReplicationBroken', {
      ...about,
      expr: `${connected} < ${required}`,
      for: '2m',
      summary: `{{ $value }} replicas follow the Redis primary; a write needs ${required}`,
      description:
        'A write is acknowledged only when it is on the disk of that many replicas: every write now ends in 503. Reads go on, and nothing is lost.',
      proof: { fires: replicas(required - 1), quiet: replicas(required), at: '5m' },
    }),
    warning('RedisReplicaMissing', {
      ...about,
      expr: `${connected} < ${wanted}`,
      for: '5m',
      summary: `{{ $value }} of ${wanted} Redis replicas follow the primary`,
      description:
        'What was acknowledged is safe. Whether writes go on is the `durability` of the environment: with `all` they do not.',
      proof: { fires: replicas(wanted - 1), quiet: replicas(wanted), at: '10m' },
    }),
  ];
}

/** Three servers that copy one: is there one primary only, can a replica take its place. */
function failoverAlerts(context: MonitoringContext): Alert[] {
  const primary = inRole(context, 'master');
  const labels = { namespace: context.namespace, statefulset: REDIS_NAMES.sentinels };
  const ready = series('kube_statefulset_status_replicas_ready', labels);
  return [
    critical('RedisSeveralPrimaries', {
      ...ABOUT_REDIS,
      symptom: 'redis-replication',
      expr: `count by (namespace, job) (${ofAll(context, 'redis_instance_info', { role: 'master' })}) > 1`,
      for: '1m',
      summary: '{{ $value }} Redis servers believe that they are the primary',
      description:
        'After a failover the old primary must follow the new one within seconds; what clients try to write to the wrong one is refused.',
      proof: {
        fires: [primary, inRole(context, 'master', 1)],
        quiet: [primary, inRole(context, 'slave', 1)],
        at: '5m',
      },
    }),
    critical('RedisSentinelsMissing', {
      ...ABOUT_REDIS,
      symptom: 'redis-failover',
      expr: `${ready} < ${SENTINEL_QUORUM}`,
      for: '5m',
      summary: `{{ $value }} Sentinels are ready; ${SENTINEL_QUORUM} must agree on a failover`,
      description:
        'Redis serves as before. If its primary is lost now, nobody promotes a replica and every service answers 503.',
      proof: { fires: [constant(ready, SENTINEL_QUORUM - 1)], quiet: [constant(ready, SENTINEL_QUORUM)], at: '10m' },
    }),
  ];
}
