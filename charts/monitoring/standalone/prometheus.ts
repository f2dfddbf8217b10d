import { groupBy } from '../../constructs/lists.ts';
import type { MountedFiles } from '../../constructs/workload.ts';
import { IMAGES } from '../../images.ts';
import type { StandaloneMonitoring } from '../../plan/environment.ts';
import type { MetricsEndpoint, MonitoringContext } from '../../plan/part.ts';
import { ruleGroupDocument, ruleGroups } from '../rules/rule-groups.ts';
import { type Component, METRICS_PORT_NAME, MONITOR_PORTS, MONITORS, metricsOf, yaml } from './component.ts';

/** What rules and dashboards use of it, as the guardrails read it: `name{labels} type`. */
const PROMETHEUS_METRICS: readonly string[] = [
  'prometheus_rule_evaluation_failures_total{rule_group} counter',
  'prometheus_notifications_dropped_total{} counter',
  'prometheus_tsdb_storage_blocks_bytes{} gauge',
  'prometheus_tsdb_retention_limit_bytes{} gauge',
  'prometheus_target_scrapes_exceeded_sample_limit_total{} counter',
];

/** Collects, keeps and judges: the one program here whose loss is felt. */
export function prometheus(monitoring: StandaloneMonitoring): Component {
  const { prometheusSize, prometheusUrl, retentionDays } = monitoring;
  const { storageGi, ...resources } = prometheusSize;
  const port = MONITOR_PORTS.prometheus;
  // Compaction needs room beside what is kept.
  const retentionMiB = Math.floor(storageGi * 1_024 * 0.85);
  return {
    spec: {
      name: MONITORS.prometheus,
      description: 'Collects and keeps metrics, and judges them',
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
      scratch: { '/tmp': 64 },
      volume: { path: PROMETHEUS_PATHS.data, sizeGi: storageGi },
      resources,
      probes: { live: { http: '/-/healthy' }, ready: { http: '/-/ready' } },
      metrics: metricsOf(...PROMETHEUS_METRICS),
      singleton: '5m: one Prometheus; alerts wait until it is back, and the missing heartbeat mail says so',
    },
    files: (context) => [configFiles(context, monitoring), ...ruleFiles(context)],
    readsApi: true,
  };
}

function configFiles(context: MonitoringContext, monitoring: StandaloneMonitoring): MountedFiles {
  return {
    configMap: 'prometheus-config',
    mountPath: PROMETHEUS_PATHS.config,
    data: { 'prometheus.yaml': yaml(prometheusConfig(context, monitoring)) },
  };
}

/** A ConfigMap a group: one for all would pass the 256 KiB that client-side apply can annotate at the eighth service. */
function ruleFiles(context: MonitoringContext): MountedFiles[] {
  return ruleGroups(context).map((group) => ({
    configMap: `prometheus-rules-${group.name}`,
    mountPath: PROMETHEUS_PATHS.rules,
    data: { [`${group.name}.yaml`]: yaml({ groups: [ruleGroupDocument(group, context)] }) },
  }));
}

const PROMETHEUS_PATHS = {
  config: '/etc/prometheus',
  rules: '/etc/prometheus/rules',
  data: '/prometheus',
} as const;

/** Seconds between two readings of a target, and between two evaluations of the rules. */
export const SCRAPE_SECONDS = 15;
export const EVALUATION_SECONDS = 15;

/** prometheus.yaml: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
function prometheusConfig(context: MonitoringContext, monitoring: StandaloneMonitoring): Record<string, unknown> {
  return {
    global: {
      scrape_interval: `${SCRAPE_SECONDS}s`,
      scrape_timeout: '10s',
      evaluation_interval: `${EVALUATION_SECONDS}s`,
    },
    rule_files: [`${PROMETHEUS_PATHS.rules}/*.yaml`],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`${MONITORS.alertmanager}:${MONITOR_PORTS.alertmanager}`] }] }],
    },
    scrape_configs: [
      ...scrapeJobs(context).map(scrapeConfig),
      ...(context.certificates && monitoring.certManager !== null
        ? [certificateConfig(context, monitoring.certManager)]
        : []),
    ],
  };
}

const META = '__meta_kubernetes_pod';
const NAME_LABEL = `${META}_label_app_kubernetes_io_name`;

function scrapeConfig(job: ScrapeJob): Record<string, unknown> {
  return {
    job_name: job.name,
    sample_limit: job.sampleLimit,
    ...(job.path === '/metrics' ? {} : { metrics_path: job.path }),
    ...(job.honorLabels === true ? { honor_labels: true, metric_relabel_configs: [OF_NO_POD] } : {}),
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [job.namespace] } }],
    relabel_configs: [
      keep(NAME_LABEL, job.pods.join('|')),
      keep(`${META}_container_port_name`, job.portName),
      // Pods of finished jobs keep their address in the list.
      { source_labels: [`${META}_phase`], regex: 'Succeeded|Failed', action: 'drop' },
      copy('__meta_kubernetes_namespace', 'namespace'),
      copy(NAME_LABEL, 'job'),
      copy(`${META}_name`, 'pod'),
    ],
  };
}

/** An alert about a Deployment names no pod: without this it would name the one of kube-state-metrics that told of it. */
export const OF_NO_POD = {
  source_labels: ['__name__'],
  regex: 'kube_(deployment|statefulset|horizontalpodautoscaler|resourcequota|cronjob)(_.+)?',
  target_label: 'pod',
  replacement: '',
};

/** cert-manager lives in a namespace that we may not list: its Service is known by name. */
function certificateConfig(
  context: MonitoringContext,
  certManager: NonNullable<StandaloneMonitoring['certManager']>,
): Record<string, unknown> {
  return {
    job_name: 'cert-manager',
    honor_labels: true,
    sample_limit: 20_000,
    static_configs: [{ targets: [`${certManager.service}.${certManager.namespace}:${certManager.port}`] }],
    metric_relabel_configs: [keep('__name__', 'certmanager_certificate_.*'), keep('namespace', context.namespace)],
  };
}

function keep(label: string, regex: string): Record<string, unknown> {
  return { source_labels: [label], regex, action: 'keep' };
}

function copy(from: string, to: string): Record<string, unknown> {
  return { source_labels: [from], target_label: to };
}

/** Pods that are scraped: by the name they carry and the name of their port. */
export interface ScrapeJob {
  readonly name: string;
  readonly namespace: string;
  /** Values of `app.kubernetes.io/name`; each becomes the label `job`. */
  readonly pods: readonly string[];
  readonly portName: string;
  readonly path: string;
  /** Series that one target may show; a scrape with more is refused whole, so that one runaway label cannot fill the disk. */
  readonly sampleLimit: number;
  /** Whether the labels of the series win over those of the target: for what speaks about others. @default - false */
  readonly honorLabels?: boolean;
}

const SAMPLE_LIMIT = 5_000;
/** Jobs that show fewer, or far more, than a service does; the last speaks about others. */
const SPECIAL: Readonly<Record<string, Pick<ScrapeJob, 'sampleLimit' | 'honorLabels'>>> = {
  redis: { sampleLimit: 2_000 },
  'kube-state-metrics': { sampleLimit: 50_000, honorLabels: true },
};

/** One job for all endpoints of a kind that are asked alike; services first. */
export function scrapeJobs({ metrics }: MonitoringContext): ScrapeJob[] {
  const ordered = [...metrics].sort((a, b) => rankOf(a) - rankOf(b));
  const groups = groupBy(ordered, ({ job, workload, portName, path }) =>
    [job, workload.namespace, portName, path].join(' '),
  );
  const used = new Set<string>();
  return [...groups.values()].map(([first, ...others]) => {
    const name = used.has(first.job) ? `${first.job}-${first.portName}-${used.size}` : first.job;
    used.add(first.job);
    return {
      name,
      namespace: first.workload.namespace,
      pods: [first, ...others].map(({ workload }) => workload.name),
      portName: first.portName,
      path: first.path,
      sampleLimit: SAMPLE_LIMIT,
      ...SPECIAL[first.job],
    };
  });
}

function rankOf({ job }: MetricsEndpoint): number {
  const first = ['services', 'redis'];
  return first.includes(job) ? first.indexOf(job) : first.length;
}
