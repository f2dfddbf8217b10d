import { dump } from 'js-yaml';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { IMAGES } from '../../images.ts';
import type { StandaloneMonitoring } from '../../plan/environment.ts';
import { ALERTMANAGER_PATHS, alertmanagerConfig, templateFile } from '../alertmanager/config.ts';
import type { Component } from './component.ts';
import { METRICS_PORT_NAME, MONITOR_PORTS, MONITORING_SECRETS, MONITORS } from './stack.ts';

/** What rules and dashboards use of it, as the guardrails read it: `name{labels} type`. */
const ALERTMANAGER_METRICS: readonly string[] = ['alertmanager_notifications_failed_total{integration} counter'];

/** Groups, silences and mails. Its volume keeps silences and what was already sent. */
export function alertmanager({ alertmanagerUrl }: StandaloneMonitoring): Component {
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
      `--web.external-url=${alertmanagerUrl}`,
    ],
    env: () => [],
    files: ({ monitoring }) => [
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
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /-/healthy /-/ready`,
      [WORKLOAD.metrics]: ALERTMANAGER_METRICS.join('\n'),
    },
    acceptedOutage: '5m: one Alertmanager; Prometheus tells it again of everything that still fires',
  };
}
