import type { StandaloneMonitoring } from '../../plan/environment.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { type ScrapeJob, scrapeJobs } from './scrape-jobs.ts';

export const PROMETHEUS_PATHS = {
  config: '/etc/prometheus',
  rules: '/etc/prometheus/rules',
  data: '/prometheus',
} as const;

/** Seconds between two readings of a target, and between two evaluations of the rules. */
export const SCRAPE_SECONDS = 15;
export const EVALUATION_SECONDS = 15;

/** prometheus.yaml: https://prometheus.io/docs/prometheus/latest/configuration/configuration/ */
export function prometheusConfig(
  context: MonitoringContext,
  monitoring: StandaloneMonitoring,
): Record<string, unknown> {
  return {
    global: {
      scrape_interval: `${SCRAPE_SECONDS}s`,
      scrape_timeout: '10s',
      evaluation_interval: `${EVALUATION_SECONDS}s`,
    },
    rule_files: [`${PROMETHEUS_PATHS.rules}/*.yaml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ['alertmanager:9093'] }] }] },
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
    ...(job.honorLabels === true ? { honor_labels: true } : {}),
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
