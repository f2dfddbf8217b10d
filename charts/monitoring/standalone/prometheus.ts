import { dump } from 'js-yaml';
import { PORTS } from '../../../app/contract.ts';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { selectorLabels } from '../../constructs/labels.ts';
import { DNS, type TrafficRule, toAddresses } from '../../constructs/traffic-policy.ts';
import { IMAGES } from '../../images.ts';
import { PROMETHEUS_PATHS, prometheusConfig } from '../prometheus/config.ts';
import { METRICS_PORT_NAME } from '../prometheus/scrape-jobs.ts';
import { ruleGroupDocument } from '../rules/rule-file.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import { PROMETHEUS_METRICS } from '../sources/metric-lines.ts';
import type { Component, MountedFiles } from './component.ts';
import { MONITOR_PORTS, MONITORS, monitorPods } from './names.ts';
import type { Stack } from './stack.ts';

/** Collects, keeps and judges: the one program here whose loss is felt. */
export function prometheus(stack: Stack): Component {
  const { monitoring, namespace } = stack;
  const { prometheusSize } = monitoring;
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
      `--storage.tsdb.retention.time=${monitoring.retentionDays}d`,
      `--storage.tsdb.retention.size=${retentionMiB}MB`,
      `--web.listen-address=:${port}`,
      `--web.external-url=http://localhost:${port}`,
    ],
    env: [],
    files: () => [configFiles(stack), ...ruleFiles(stack)],
    secret: null,
    scratch: { '/tmp': '64Mi' },
    volume: { mountPath: PROMETHEUS_PATHS.data, sizeGi: prometheusSize.storageGi },
    requests: prometheusSize.requests,
    limits: prometheusSize.limits,
    live: { path: '/-/healthy', port },
    ready: { path: '/-/ready', port },
    readsApi: true,
    ingress: [
      {
        peers: [MONITORS.prometheus, ...(monitoring.grafana ? [MONITORS.grafana] : [])].map((name) =>
          monitorPods(name, namespace),
        ),
        ports: [port],
      },
    ],
    egress: egressOf(stack),
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /-/healthy /-/ready`,
      [WORKLOAD.connectsTo]: callsOf(stack).join(', '),
      [WORKLOAD.metrics]: PROMETHEUS_METRICS.join('\n'),
    },
    acceptedOutage: '5m: one Prometheus; alerts wait until it is back, and the missing heartbeat mail says so',
  };
}

function configFiles({ watch, monitoring, monitors }: Stack): MountedFiles {
  const config = prometheusConfig(watch, monitoring, monitors);
  return {
    configMap: 'prometheus-config',
    mountPath: PROMETHEUS_PATHS.config,
    data: { 'prometheus.yaml': dump(config, { noRefs: true, lineWidth: -1 }) },
  };
}

/** A ConfigMap a group: one for all would pass the 256 KiB that client-side apply can annotate at the eighth service. */
function ruleFiles({ watch }: Stack): MountedFiles[] {
  const file = (document: unknown) => dump({ groups: [document] }, { noRefs: true, lineWidth: -1 });
  return ruleGroups(watch).map((group) => ({
    configMap: `prometheus-rules-${group.name}`,
    mountPath: PROMETHEUS_PATHS.rules,
    data: { [`${group.name}.yaml`]: file(ruleGroupDocument(group, watch)) },
  }));
}

/** What is scraped, told and asked: pods of both namespaces, Alertmanager, the API server, cert-manager. */
function egressOf({ watch, monitoring, namespace, monitors }: Stack): TrafficRule[] {
  const service = (name: string) => ({
    kind: 'peer' as const,
    namespace: watch.namespace,
    podLabels: selectorLabels(name, watch.namespace),
  });
  const { certManager } = monitoring;
  return [
    DNS,
    { peers: watch.services.map(({ name }) => service(name)), ports: [PORTS.admin] },
    ...(watch.redis === null ? [] : [{ peers: [service('redis')], ports: [PORTS.redisExporter] }]),
    ...monitors.map((name) => ({ peers: [monitorPods(name, namespace)], ports: scrapedPorts(name) })),
    ...toAddresses(monitoring.apiServer),
    ...(watch.certificates && certManager !== null
      ? [
          {
            peers: [{ kind: 'peer' as const, namespace: certManager.namespace, podLabels: certManager.podLabels }],
            ports: [certManager.port],
          },
        ]
      : []),
  ];
}

function scrapedPorts(monitor: string): number[] {
  const ports: Readonly<Record<string, number>> = {
    [MONITORS.prometheus]: MONITOR_PORTS.prometheus,
    [MONITORS.alertmanager]: MONITOR_PORTS.alertmanager,
    [MONITORS.grafana]: MONITOR_PORTS.grafana,
    [MONITORS.kubeState]: MONITOR_PORTS.kubeState,
    [MONITORS.jaeger]: MONITOR_PORTS.jaegerMetrics,
  };
  const port = ports[monitor];
  if (port === undefined) throw new Error(`${monitor} has no metrics port; add it to scrapedPorts`);
  return [port];
}

function callsOf({ monitoring }: Stack): string[] {
  return [
    `${MONITORS.alertmanager}:${MONITOR_PORTS.alertmanager}`,
    ...monitoring.apiServer.flatMap(({ cidr, ports }) => ports.map((port) => `${cidr}:${port}`)),
  ];
}
