import { dump } from 'js-yaml';
import type { MountedFiles } from '../../constructs/workload.ts';
import { servicePart } from '../../microservice/part.ts';
import { type Mail, monitoringNamespaceOf } from '../../plan/environment.ts';
import type { MonitoringContext, Part, PartContext } from '../../plan/part.ts';
import type { SecretUse, ServiceSpec } from '../../plan/service-spec.ts';
import { SMTP_PASSWORD } from '../alertmanager/config.ts';

/** One program of the monitoring: a service as any other, with what the catalog has no word for. */
export interface Component {
  readonly spec: ServiceSpec;
  /**
   * Files of ConfigMaps; a change of one rolls the pod. Written when asked for: rules and dashboards are most of the work, and whoever only
   * adds up what the programs request needs none. @default - none
   */
  readonly files?: (context: MonitoringContext) => readonly MountedFiles[];
  /** Whether it reads the API server. @default - false */
  readonly readsApi?: boolean;
}

/** Grafana makes its database anew at each start, with half a core and before it answers anything. */
const STARTUP_SECONDS = 300;

export function componentPart({ spec, files, readsApi = false }: Component, context: PartContext): Part {
  const { environment } = context;
  return servicePart({ startupSeconds: STARTUP_SECONDS, ...spec }, context, {
    namespace: monitoringNamespaceOf(environment),
    component: 'monitoring',
    job: spec.name === MONITORS.kubeState ? spec.name : 'monitoring',
    opensAll: true,
    readsApi,
    storageClass: environment.monitoring.kind === 'standalone' ? environment.monitoring.storageClass : null,
    files: ({ monitoring }) => (monitoring === null ? [] : (files?.(monitoring) ?? [])),
  });
}

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

export const METRICS_PORT_NAME = 'metrics';

/** What the scrape finds, and of it what rules and dashboards use: `name{labels} type`, as the guardrails read it. */
export function metricsOf(...lines: readonly string[]): NonNullable<ServiceSpec['metrics']> {
  return { port: METRICS_PORT_NAME, path: '/metrics', lines };
}

/** What opens the mail server: a file of our own Alertmanager, or read by the operator's. */
export function smtpSecret({ user, host }: Mail): SecretUse {
  return { name: 'alertmanager', keys: [{ key: SMTP_PASSWORD, description: `password of ${user} at ${host}` }] };
}

export function yaml(value: unknown): string {
  return dump(value, { noRefs: true, lineWidth: -1 });
}
