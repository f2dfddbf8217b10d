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
    overview: [graph('Redis commands', 'ops', COMMANDS)],
  };
}

const OWN = `${NAMESPACE},job="redis"`;
const rate = (metric: string) => `rate(redis_${metric}_total{${OWN}}[5m])`;
const COMMANDS = {
  description: 'Commands a second of each server.',
  lines: { '{{pod}}': `sum by (pod) (${rate('commands_processed')})` },
};

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
    figure('Servers up', 'none', {
      description: `Of ${servers}.`,
      limits: { amber: servers, red: Math.min(servers, 2), lowIsBad: true },
      expr: `sum(redis_up{${OWN}})`,
    }),
    figure('Memory', 'percentunit', {
      description: 'In percent of maxmemory (not of the container limit); at 100 % writes are refused.',
      limits: { amber: 0.8, red: 0.95 },
      expr: `max(redis_memory_used_bytes{${OWN}} / redis_memory_max_bytes{${OWN}})`,
    }),
    figure('Commands', 'ops', {
      description: 'Commands a second, all servers.',
      expr: `sum(${rate('commands_processed')})`,
    }),
    figure('Connections', 'none', {
      description: `Of the busiest server; maxclients is ${maxClients}.`,
      limits: { amber: maxClients * 0.8, red: maxClients },
      expr: `max(redis_connected_clients{${OWN}})`,
    }),
    figure('Keys', 'short', { description: 'Keys of the primary.', expr: `max(sum by (pod) (redis_db_keys{${OWN}}))` }),
    figure('Uptime', 's', {
      description: 'Of the server that was started last.',
      expr: `min(redis_uptime_in_seconds{${OWN}})`,
    }),
  ];
}

function work() {
  return [
    graph('Commands by server', 'ops', COMMANDS),
    graph('Time per command', 's', {
      description: 'The five commands that take longest, on average, inside Redis.',
      lines: {
        '{{cmd}}': `topk(5, sum by (cmd) (${rate('commands_duration_seconds')}) / (sum by (cmd) (${rate('commands')}) > 0))`,
      },
    }),
    graph('Network', 'Bps', {
      description: 'Bytes a second, all servers.',
      lines: { in: `sum(${rate('net_input_bytes')})`, out: `sum(${rate('net_output_bytes')})` },
    }),
    graph('Key hits and misses', 'ops', {
      description: 'Look-ups a second that found a key, or did not.',
      lines: { hits: `sum(${rate('keyspace_hits')})`, misses: `sum(${rate('keyspace_misses')})` },
    }),
  ];
}

function room({ container: { maxClients } }: OwnRedis) {
  return [
    graph('Memory by server', 'bytes', {
      description: 'Data, and maxmemory, at which writes are refused.',
      lines: { '{{pod}}': `redis_memory_used_bytes{${OWN}}`, maxmemory: `max(redis_memory_max_bytes{${OWN}})` },
    }),
    graph('Connections by server', 'short', {
      description: `Connections of each server, and connections refused a second at maxclients (${maxClients}).`,
      lines: {
        '{{pod}}': `redis_connected_clients{${OWN}}`,
        'refused a second': `sum(${rate('rejected_connections')})`,
      },
    }),
  ];
}

function safety(redis: OwnRedis) {
  const backup = backupOf(redis);
  const ofBackup = (metric: string) => `kube_cronjob_${metric}{${NAMESPACE},cronjob="${REDIS_NAMES.backup}"}`;
  return [
    graph('Replicas that follow', 'none', {
      description: 'Connected replicas, by server: all follow one.',
      lines: { '{{pod}}': `redis_connected_slaves{${OWN}}` },
    }),
    ...(backup === null
      ? []
      : [
          graph('Age of the last backup', 's', {
            description: `Since the last run that succeeded, or since the schedule "${backup.schedule}" was made.`,
            lines: { age: `time() - (${ofBackup('status_last_successful_time')} or ${ofBackup('created')})` },
          }),
        ]),
  ];
}
