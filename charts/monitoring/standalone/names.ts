import { selectorLabels } from '../../constructs/labels.ts';
import type { TrafficPeer } from '../../constructs/traffic-policy.ts';

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

/** Pods of a program in the monitoring namespace. */
export function monitorPods(name: string, namespace: string): TrafficPeer {
  return { kind: 'pods', labels: selectorLabels(name, namespace) };
}
