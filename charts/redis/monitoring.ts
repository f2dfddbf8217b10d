import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, NAMESPACE } from '../monitoring/dashboards/dashboard.ts';
import { figure, graph } from '../monitoring/dashboards/panels.ts';
import type { MonitoringContext, PartMonitoring } from '../plan/part.ts';
import { serverAlerts } from './alerts.ts';
import { backupAlerts } from './backup-alerts.ts';
import { backupOf, type OwnRedis, REDIS_NAMES, serverCount } from './shape.ts';

/** What rules and the page use of the exporter, as the guardrails read it: `name{labels} type`. */
export const REDIS_EXPORTER_METRICS: readonly string[] = [
  'redis_up{} gauge',
  'redis_instance_info{role,redis_version} gauge',
  'redis_memory_used_bytes{} gauge',
  'redis_memory_max_bytes{} gauge',
  'redis_connected_clients{} gauge',
  'redis_connected_slaves{} gauge',
  'redis_rejected_connections_total{} counter',
  'redis_commands_processed_total{} counter',
  'redis_commands_duration_seconds_total{cmd} counter',
  'redis_commands_total{cmd} counter',
  'redis_keyspace_hits_total{} counter',
  'redis_keyspace_misses_total{} counter',
  'redis_net_input_bytes_total{} counter',
  'redis_net_output_bytes_total{} counter',
  'redis_db_keys{db} gauge',
  'redis_aof_last_write_status{} gauge',
  'redis_rdb_last_bgsave_status{} gauge',
  'redis_uptime_in_seconds{} gauge',
  'redis_key_value{db,key} gauge',
];

export function redisMonitoring(redis: OwnRedis): PartMonitoring {
  const backup = backupOf(redis);
  return {
    alerts: (context) => [...serverAlerts(redis, context), ...(backup === null ? [] : backupAlerts(backup, context))],
    page: (context) => redisPage(redis, context),
    overview: [
      graph({
        title: 'Redis commands',
        description: 'Commands a second of each server.',
        unit: 'ops',
        lines: { '{{pod}}': `sum by (pod) (rate(redis_commands_processed_total{${NAMESPACE}}[5m]))` },
      }),
    ],
  };
}

const OWN = `${NAMESPACE},job="redis"`;
const rate = (metric: string) => `rate(${metric}{${OWN}}[5m])`;

/** Redis: is it there, does it have room, how fast is it, is its data safe. */
function redisPage(redis: OwnRedis, context: MonitoringContext): Dashboard {
  return dashboard(context, {
    ref: 'redis',
    title: 'Redis',
    description: 'Servers, memory, commands, connections, replication and backups',
    panels: [...figures(redis), ...work(), ...room(redis), ...safety(redis)],
  });
}

function figures(redis: OwnRedis) {
  const servers = serverCount(redis);
  const { maxClients } = redis.container;
  return [
    figure({
      title: 'Servers up',
      description: `Of ${servers}.`,
      unit: 'none',
      limits: { amber: servers, red: Math.min(servers, 2), lowIsBad: true },
      expr: `sum(redis_up{${OWN}})`,
    }),
    figure({
      title: 'Memory',
      description: 'In percent of maxmemory (not of the container limit); at 100 % writes are refused.',
      unit: 'percentunit',
      limits: { amber: 0.8, red: 0.95 },
      expr: `max(redis_memory_used_bytes{${OWN}} / redis_memory_max_bytes{${OWN}})`,
    }),
    figure({
      title: 'Commands',
      description: 'Commands a second, all servers.',
      unit: 'ops',
      expr: `sum(${rate('redis_commands_processed_total')})`,
    }),
    figure({
      title: 'Connections',
      description: `Of the busiest server; maxclients is ${maxClients}.`,
      unit: 'none',
      limits: { amber: maxClients * 0.8, red: maxClients },
      expr: `max(redis_connected_clients{${OWN}})`,
    }),
    ...CONTENT,
  ];
}

const CONTENT = [
  figure({
    title: 'Keys',
    description: 'Keys of the primary.',
    unit: 'short',
    expr: `max(sum by (pod) (redis_db_keys{${OWN}}))`,
  }),
  figure({
    title: 'Uptime',
    description: 'Of the server that was started last.',
    unit: 's',
    expr: `min(redis_uptime_in_seconds{${OWN}})`,
  }),
];

function work() {
  return [
    graph({
      title: 'Commands by server',
      description: 'Commands a second of each server.',
      unit: 'ops',
      lines: { '{{pod}}': `sum by (pod) (${rate('redis_commands_processed_total')})` },
    }),
    graph({
      title: 'Time per command',
      description: 'The five commands that take longest, on average, inside Redis.',
      unit: 's',
      lines: {
        '{{cmd}}': `topk(5, sum by (cmd) (${rate('redis_commands_duration_seconds_total')}) / (sum by (cmd) (${rate('redis_commands_total')}) > 0))`,
      },
    }),
    graph({
      title: 'Network',
      description: 'Bytes a second, all servers.',
      unit: 'Bps',
      lines: {
        in: `sum(${rate('redis_net_input_bytes_total')})`,
        out: `sum(${rate('redis_net_output_bytes_total')})`,
      },
    }),
    graph({
      title: 'Key hits and misses',
      description: 'Look-ups a second that found a key, or did not.',
      unit: 'ops',
      lines: {
        hits: `sum(${rate('redis_keyspace_hits_total')})`,
        misses: `sum(${rate('redis_keyspace_misses_total')})`,
      },
    }),
  ];
}

function room({ container: { maxClients } }: OwnRedis) {
  return [
    graph({
      title: 'Memory by server',
      description: 'Data, and maxmemory, at which writes are refused.',
      unit: 'bytes',
      lines: {
        '{{pod}}': `redis_memory_used_bytes{${OWN}}`,
        maxmemory: `max(redis_memory_max_bytes{${OWN}})`,
      },
    }),
    graph({
      title: 'Connections by server',
      description: `Connections of each server, and connections refused a second at maxclients (${maxClients}).`,
      unit: 'short',
      lines: {
        '{{pod}}': `redis_connected_clients{${OWN}}`,
        'refused a second': `sum(${rate('redis_rejected_connections_total')})`,
      },
    }),
  ];
}

function safety(redis: OwnRedis) {
  const backup = backupOf(redis);
  const ofBackup = (metric: string) => `kube_cronjob_${metric}{${NAMESPACE},cronjob="${REDIS_NAMES.backup}"}`;
  return [
    graph({
      title: 'Replicas that follow',
      description: 'Connected replicas, by server: all follow one.',
      unit: 'none',
      lines: { '{{pod}}': `redis_connected_slaves{${OWN}}` },
    }),
    ...(backup === null
      ? []
      : [
          graph({
            title: 'Age of the last backup',
            description: `Since the last run that succeeded, or since the schedule "${backup.schedule}" was made.`,
            unit: 's',
            lines: { age: `time() - (${ofBackup('status_last_successful_time')} or ${ofBackup('created')})` },
          }),
        ]),
  ];
}
