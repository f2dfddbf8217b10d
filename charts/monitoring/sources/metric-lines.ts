import { METRICS, type ServiceName } from '../../../app/contract.ts';
import type { ServiceSpec } from '../../services/service.ts';

/** The service that holds the search index. */
export const INDEXED: ServiceName = 'search';

/**
 * The metrics that rules and dashboards use, by who shows them: `name{labels} type`, as the guardrails read them
 * (guardrails/annotations.ts, `metrics`). A histogram's line stands for its _bucket, _sum and _count.
 */
export const SERVICE_METRICS: readonly string[] = [
  `${METRICS.requests}{service,method,route,status} counter`,
  `${METRICS.duration}{service,method,route,le} histogram`,
  `${METRICS.inFlight}{service} gauge`,
  `${METRICS.connections}{service} gauge`,
  `${METRICS.shed}{service} counter`,
  `${METRICS.info}{service,version,environment,node} gauge`,
  `${METRICS.cpu}{service} gauge`,
  `${METRICS.memory}{service} gauge`,
  `${METRICS.disk}{service} gauge`,
  'nodejs_eventloop_lag_p99_seconds{service} gauge',
  'process_resident_memory_bytes{service} gauge',
];

/** Beside the above, where a service uses Redis. */
export const REDIS_CLIENT_METRICS: readonly string[] = [
  `${METRICS.redisUp}{service} gauge`,
  `${METRICS.redisReconnects}{service} counter`,
  `${METRICS.redisErrors}{service} counter`,
];

/** Beside the above, where a service holds the search index. */
export const SEARCH_METRICS: readonly string[] = [
  `${METRICS.searchLag}{service} gauge`,
  `${METRICS.searchDocuments}{service} gauge`,
];

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

export const KUBE_STATE_METRICS: readonly string[] = [
  'kube_deployment_spec_replicas{namespace,deployment} gauge',
  'kube_deployment_status_replicas_available{namespace,deployment} gauge',
  'kube_deployment_status_condition{namespace,deployment,condition,status} gauge',
  'kube_statefulset_status_replicas_ready{namespace,statefulset} gauge',
  'kube_pod_container_status_running{namespace,pod,container} gauge',
  'kube_pod_container_status_restarts_total{namespace,pod,container} counter',
  'kube_pod_container_status_last_terminated_exitcode{namespace,pod,container} gauge',
  'kube_horizontalpodautoscaler_spec_min_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_spec_max_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_current_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_desired_replicas{namespace,horizontalpodautoscaler} gauge',
  'kube_horizontalpodautoscaler_status_condition{namespace,horizontalpodautoscaler,condition,status} gauge',
  'kube_resourcequota{namespace,resourcequota,resource,type} gauge',
  'kube_cronjob_status_last_successful_time{namespace,cronjob} gauge',
  'kube_cronjob_created{namespace,cronjob} gauge',
];

export const PROMETHEUS_METRICS: readonly string[] = [
  'prometheus_rule_evaluation_failures_total{rule_group} counter',
  'prometheus_notifications_dropped_total{} counter',
  'prometheus_tsdb_storage_blocks_bytes{} gauge',
  'prometheus_tsdb_retention_limit_bytes{} gauge',
  'prometheus_target_scrapes_exceeded_sample_limit_total{} counter',
];

export const ALERTMANAGER_METRICS: readonly string[] = ['alertmanager_notifications_failed_total{integration} counter'];

export const CERT_MANAGER_METRICS: readonly string[] = [
  'certmanager_certificate_expiration_timestamp_seconds{namespace,name} gauge',
];

/** The bare name of a line. */
export function metricName(line: string): string {
  return line.replace(/[{ ].*$/, '');
}

/** What one service shows: the common part, and what its store and its index add. */
export function serviceMetrics({ name, calls }: Pick<ServiceSpec, 'name' | 'calls'>): string[] {
  return [
    ...SERVICE_METRICS,
    ...(calls.includes('redis') ? REDIS_CLIENT_METRICS : []),
    ...(name === INDEXED ? SEARCH_METRICS : []),
  ];
}
