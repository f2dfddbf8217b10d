import { dump } from 'js-yaml';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { addressText, DNS, toAddresses } from '../../constructs/traffic-policy.ts';
import { IMAGES } from '../../images.ts';
import { ALERTMANAGER_PATHS, alertmanagerConfig } from '../alertmanager/config.ts';
import { templateFile } from '../alertmanager/mail-template.ts';
import { MONITORING_SECRETS } from '../monitoring-secrets.ts';
import { METRICS_PORT_NAME } from '../prometheus/scrape-jobs.ts';
import { ALERTMANAGER_METRICS } from '../sources/metric-lines.ts';
import type { Component } from './component.ts';
import { MONITOR_PORTS, MONITORS, monitorPods } from './names.ts';
import type { Stack } from './stack.ts';

/** Groups, silences and mails. Its volume keeps silences and what was already sent. */
export function alertmanager({ monitoring, namespace }: Stack): Component {
  const port = MONITOR_PORTS.alertmanager;
  const secret = MONITORING_SECRETS.alertmanager;
  return {
    name: MONITORS.alertmanager,
    image: IMAGES.alertmanager,
    ports: { [METRICS_PORT_NAME]: port },
    args: [
      `--config.file=${ALERTMANAGER_PATHS.config}/alertmanager.yaml`,
      `--storage.path=${ALERTMANAGER_PATHS.data}`,
      // One replica: no gossip.
      '--cluster.listen-address=',
      `--web.listen-address=:${port}`,
      `--web.external-url=http://localhost:${port}`,
    ],
    env: [],
    files: () => [
      {
        configMap: 'alertmanager-config',
        mountPath: ALERTMANAGER_PATHS.config,
        data: {
          'alertmanager.yaml': dump(alertmanagerConfig(monitoring.mail), { noRefs: true, lineWidth: -1 }),
          'mail.tmpl': templateFile(),
        },
      },
    ],
    secret: { name: secret.name, keys: [secret.key], mountPath: '/run/secrets/alertmanager' },
    scratch: { '/tmp': '16Mi' },
    volume: { mountPath: ALERTMANAGER_PATHS.data, sizeGi: 1 },
    requests: { cpuMillis: 20, memoryMiB: 64, ephemeralMiB: 64 },
    limits: { cpuMillis: 200, memoryMiB: 128, ephemeralMiB: 128 },
    live: { path: '/-/healthy', port },
    ready: { path: '/-/ready', port },
    readsApi: false,
    ingress: [{ peers: [monitorPods(MONITORS.prometheus, namespace)], ports: [port] }],
    egress: [DNS, ...toAddresses(monitoring.mail.addresses)],
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /-/healthy /-/ready`,
      [WORKLOAD.connectsTo]: addressText(monitoring.mail.addresses),
      [WORKLOAD.metrics]: ALERTMANAGER_METRICS.join('\n'),
    },
    acceptedOutage: '5m: one Alertmanager; Prometheus tells it again of everything that still fires',
  };
}
