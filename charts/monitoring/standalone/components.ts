import type { Environment, StandaloneMonitoring } from '../../plan/environment.ts';
import { alertmanager } from './alertmanager.ts';
import type { Component } from './component.ts';
import { grafana } from './grafana.ts';
import { jaeger } from './jaeger.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import { prometheus } from './prometheus.ts';

/** The programs, in the order in which they appear in dist/. */
export function componentsOf(monitoring: StandaloneMonitoring, environment: Environment): Component[] {
  return [
    prometheus(monitoring),
    alertmanager(monitoring),
    kubeStateMetrics(environment),
    ...(monitoring.grafana ? [grafana()] : []),
    ...(monitoring.jaeger ? [jaeger()] : []),
  ];
}
