import { type Connection, type Endpoint, toAddresses } from '../../plan/connection.ts';
import { type Environment, monitoringNamespaceOf, type StandaloneMonitoring } from '../../plan/environment.ts';
import { MONITOR_PORTS, MONITORS } from './names.ts';

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
