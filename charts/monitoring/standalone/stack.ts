import type { StandaloneMonitoring } from '../../plan/environment.ts';
import type { MonitoringContext } from '../../plan/part.ts';

/** What every program of one environment's monitoring is made from. */
export interface Stack {
  readonly context: MonitoringContext;
  readonly monitoring: StandaloneMonitoring;
  /** Where the programs run. */
  readonly namespace: string;
}

/** The programs of the monitoring: names of workloads, Services, accounts and scrape jobs. */
export const MONITORS = {
  prometheus: 'prometheus',
  alertmanager: 'alertmanager',
  grafana: 'grafana',
  kubeState: 'kube-state-metrics',
  jaeger: 'jaeger',
} as const;

/** Ports as the programs' own documentation numbers them. */
export const MONITOR_PORTS = {
  prometheus: 9090,
  alertmanager: 9093,
  grafana: 3000,
  kubeState: 8080,
  kubeStateSelf: 8081,
  otlp: 4318,
  jaegerUi: 16686,
  jaegerMetrics: 8888,
  jaegerHealth: 13133,
} as const;

/** Name of the metrics port of everything that watches. */
export const METRICS_PORT_NAME = 'metrics';

/** Secrets of the monitoring, by name and keys. */
export const MONITORING_SECRETS = {
  grafana: { name: 'grafana', key: 'admin-password' },
  alertmanager: { name: 'alertmanager', key: 'smtp-password' },
} as const;
