/**
 * The metrics that rules and dashboards use of programs that others wrote, by who shows them: `name{labels} type`, as the guardrails read
 * them (guardrails/annotations.ts, `metrics`). A histogram's line stands for its _bucket, _sum and _count.
 */
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
