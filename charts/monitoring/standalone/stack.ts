import type { Environment } from '../../environments/environment.ts';
import type { StandaloneMonitoring } from '../../environments/monitoring.ts';
import type { ServiceSpec } from '../../services/service.ts';
import { monitoringNamespaceOf, type Watch, watchOf } from '../watch.ts';
import { alertmanager } from './alertmanager.ts';
import type { Component } from './component.ts';
import { grafana } from './grafana.ts';
import { jaeger } from './jaeger.ts';
import { kubeStateMetrics } from './kube-state-metrics.ts';
import { MONITORS } from './names.ts';
import { prometheus } from './prometheus.ts';

/** What every program of one environment's monitoring is made from. */
export interface Stack {
  readonly watch: Watch;
  readonly monitoring: StandaloneMonitoring;
  /** Where the programs run. */
  readonly namespace: string;
  /** Names of the programs that run here; each is scraped. */
  readonly monitors: readonly string[];
}

/** Null where the environment does not run its own monitoring. */
export function stackOf(environment: Environment, catalog: readonly ServiceSpec[]): Stack | null {
  const { monitoring } = environment;
  const watch = watchOf(environment, catalog);
  if (monitoring.kind !== 'standalone' || watch === null) return null;
  return {
    watch,
    monitoring,
    namespace: monitoringNamespaceOf(environment),
    monitors: [
      MONITORS.prometheus,
      MONITORS.alertmanager,
      MONITORS.kubeState,
      ...(monitoring.grafana ? [MONITORS.grafana] : []),
      ...(monitoring.jaeger ? [MONITORS.jaeger] : []),
    ],
  };
}

/** The programs, in the order in which they appear in dist/. */
export function componentsOf(stack: Stack): Component[] {
  const { monitoring } = stack;
  return [
    prometheus(stack),
    alertmanager(stack),
    kubeStateMetrics(stack),
    ...(monitoring.grafana ? [grafana(stack)] : []),
    ...(monitoring.jaeger ? [jaeger(stack)] : []),
  ];
}
