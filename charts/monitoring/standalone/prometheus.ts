import { dump } from 'js-yaml';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import type { MountedFiles } from '../../constructs/workload.ts';
import { IMAGES } from '../../images.ts';
import type { StandaloneMonitoring } from '../../plan/environment.ts';
import { PROMETHEUS_PATHS, prometheusConfig } from '../prometheus/config.ts';
import { ruleGroupDocument, ruleGroups } from '../rules/rule-groups.ts';
import type { Component } from './component.ts';
import { METRICS_PORT_NAME, MONITOR_PORTS, MONITORS, type Stack } from './stack.ts';

/** What rules and dashboards use of it, as the guardrails read it: `name{labels} type`. */
const PROMETHEUS_METRICS: readonly string[] = [
  'prometheus_rule_evaluation_failures_total{rule_group} counter',
  'prometheus_notifications_dropped_total{} counter',
  'prometheus_tsdb_storage_blocks_bytes{} gauge',
  'prometheus_tsdb_retention_limit_bytes{} gauge',
  'prometheus_target_scrapes_exceeded_sample_limit_total{} counter',
];

/** Collects, keeps and judges: the one program here whose loss is felt. */
export function prometheus({ prometheusSize, prometheusUrl, retentionDays }: StandaloneMonitoring): Component {
  const port = MONITOR_PORTS.prometheus;
  // Compaction needs room beside what is kept.
  const retentionMiB = Math.floor(prometheusSize.storageGi * 1_024 * 0.85);
  return {
    name: MONITORS.prometheus,
    image: IMAGES.prometheus,
    ports: { [METRICS_PORT_NAME]: port },
    args: [
      `--config.file=${PROMETHEUS_PATHS.config}/prometheus.yaml`,
      `--storage.tsdb.path=${PROMETHEUS_PATHS.data}`,
      `--storage.tsdb.retention.time=${retentionDays}d`,
      `--storage.tsdb.retention.size=${retentionMiB}MB`,
      `--web.listen-address=:${port}`,
      `--web.external-url=${prometheusUrl}`,
    ],
    env: () => [],
    files: (stack) => [configFiles(stack), ...ruleFiles(stack)],
    secret: null,
    scratch: { '/tmp': '64Mi' },
    volume: { mountPath: PROMETHEUS_PATHS.data, sizeGi: prometheusSize.storageGi },
    requests: prometheusSize.requests,
    limits: prometheusSize.limits,
    live: { path: '/-/healthy', port },
    ready: { path: '/-/ready', port },
    readsApi: true,
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /-/healthy /-/ready`,
      [WORKLOAD.metrics]: PROMETHEUS_METRICS.join('\n'),
    },
    acceptedOutage: '5m: one Prometheus; alerts wait until it is back, and the missing heartbeat mail says so',
  };
}

function configFiles({ context, monitoring }: Stack): MountedFiles {
  const config = prometheusConfig(context, monitoring);
  return {
    configMap: 'prometheus-config',
    mountPath: PROMETHEUS_PATHS.config,
    data: { 'prometheus.yaml': dump(config, { noRefs: true, lineWidth: -1 }) },
  };
}

/** A ConfigMap a group: one for all would pass the 256 KiB that client-side apply can annotate at the eighth service. */
function ruleFiles({ context }: Stack): MountedFiles[] {
  const file = (document: unknown) => dump({ groups: [document] }, { noRefs: true, lineWidth: -1 });
  return ruleGroups(context).map((group) => ({
    configMap: `prometheus-rules-${group.name}`,
    mountPath: PROMETHEUS_PATHS.rules,
    data: { [`${group.name}.yaml`]: file(ruleGroupDocument(group, context)) },
  }));
}
