import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { type Connection, type Endpoint, toAddresses } from '../../plan/connection.ts';
import { type Environment, monitoringNamespaceOf, type StandaloneMonitoring } from '../../plan/environment.ts';
import type { Plan } from '../../plan/part.ts';
import { alertmanager } from './alertmanager.ts';
import type { Component } from './component.ts';
import { grafana } from './grafana.ts';
import { jaeger } from './jaeger.ts';
import { KUBE_STATE_RESOURCES, kubeStateMetrics } from './kube-state-metrics.ts';
import { prometheus } from './prometheus.ts';
import { MONITOR_PORTS, MONITORS } from './stack.ts';

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

/** What the programs of the monitoring say to each other and to the world, beside what is scraped. */
export function stackConnections(monitoring: StandaloneMonitoring, environment: Environment): Connection[] {
  const namespace = monitoringNamespaceOf(environment);
  const program = (name: string): Endpoint => ({ kind: 'workload', name, namespace });
  const between = (from: string, to: string, port: number): Connection => ({
    from: program(from),
    to: program(to),
    ports: [port],
    calls: `${to}:${port}`,
  });
  const api = (name: string) => toAddresses(program(name), monitoring.apiServer, { byName: false });
  const { certManager } = monitoring;
  return [
    between(MONITORS.prometheus, MONITORS.alertmanager, MONITOR_PORTS.alertmanager),
    ...api(MONITORS.prometheus),
    ...api(MONITORS.kubeState),
    ...(environment.edge.tls.kind !== 'none' && certManager !== null
      ? [
          {
            from: program(MONITORS.prometheus),
            to: { kind: 'peer', namespace: certManager.namespace, podLabels: certManager.podLabels } as const,
            ports: [certManager.port],
          },
        ]
      : []),
    ...toAddresses(program(MONITORS.alertmanager), monitoring.mail.addresses, { byName: true }),
    ...(monitoring.grafana ? [between(MONITORS.grafana, MONITORS.prometheus, MONITOR_PORTS.prometheus)] : []),
    ...(monitoring.grafana && monitoring.jaeger
      ? [between(MONITORS.grafana, MONITORS.jaeger, MONITOR_PORTS.jaegerUi)]
      : []),
  ];
}

/** Prometheus finds pods, kube-state-metrics lists what it counts: in these two namespaces and nowhere else. */
export function allowReading(scope: Construct, plan: Plan, home: string): void {
  const counted = Object.entries(KUBE_STATE_RESOURCES).map(([group, resources]) => ({
    apiGroups: [group],
    resources: [...resources],
    verbs: ['list', 'watch'],
  }));
  for (const namespace of [plan.environment.namespace, home]) {
    const role = (name: string, rules: k8s.PolicyRule[]) => addRole(scope, plan, { name, namespace, home, rules });
    role(MONITORS.prometheus, [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]);
    role(MONITORS.kubeState, counted);
  }
}

interface RoleOptions {
  readonly name: string;
  readonly namespace: string;
  /** Where the account is. */
  readonly home: string;
  readonly rules: k8s.PolicyRule[];
}

function addRole(scope: Construct, plan: Plan, { name, namespace, home, rules }: RoleOptions): void {
  const metadata = { name, namespace, labels: plan.labels({ name, namespace: home, component: 'monitoring' }) };
  new k8s.KubeRole(scope, `${namespace}-${name}-role`, { metadata, rules });
  new k8s.KubeRoleBinding(scope, `${namespace}-${name}-binding`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: home }],
  });
}
