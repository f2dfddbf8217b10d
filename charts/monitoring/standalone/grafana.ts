import { dump } from 'js-yaml';
import { WORKLOAD } from '../../../guardrails/annotations.ts';
import { when } from '../../constructs/lists.ts';
import type { MountedFiles } from '../../constructs/workload.ts';
import { IMAGES } from '../../images.ts';
import { dashboardFiles } from '../dashboards/dashboard-files.ts';
import { DATASOURCE } from '../dashboards/panels.ts';
import { TRACES_DATASOURCE } from '../links.ts';
import {
  type Component,
  METRICS_PORT_NAME,
  MONITOR_PORTS,
  MONITORING_SECRETS,
  MONITORS,
  type Stack,
} from './component.ts';

const PATHS = {
  provisioning: '/etc/grafana/provisioning',
  dashboards: '/etc/grafana/dashboards',
  data: '/var/lib/grafana',
  secret: '/run/secrets/grafana',
} as const;

/**
 * Shows what is in git and keeps nothing: dashboards and datasources are provisioned, its own database is lost with the pod.
 * So a rotated admin password holds after a restart, and nobody edits what the next release would overwrite.
 */
export function grafana(): Component {
  const port = MONITOR_PORTS.grafana;
  const secret = MONITORING_SECRETS.grafana;
  return {
    name: MONITORS.grafana,
    image: IMAGES.grafana,
    ports: { [METRICS_PORT_NAME]: port },
    args: [],
    env: (stack) => Object.entries(settings(stack)).map(([name, value]) => ({ name, value })),
    files: (stack) => [datasources(stack), providers(), ...dashboards(stack)],
    secret: { name: secret.name, keys: [secret.key], mountPath: PATHS.secret },
    scratch: { [PATHS.data]: '256Mi', '/var/log/grafana': '16Mi', '/tmp': '64Mi' },
    requests: { cpuMillis: 100, memoryMiB: 192, ephemeralMiB: 128 },
    limits: { cpuMillis: 500, memoryMiB: 512, ephemeralMiB: 512 },
    live: { path: '/healthz', port },
    ready: { path: '/api/health', port },
    annotations: {
      [WORKLOAD.endpoints]: `${port}: /metrics /healthz /api/health`,
    },
    acceptedOutage: '5m: nobody looks at dashboards meanwhile; alerts do not need it',
  };
}

function settings({ monitoring, context }: Stack): Record<string, string> {
  return {
    GF_SERVER_ROOT_URL: monitoring.grafanaUrl,
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.secret}/${MONITORING_SECRETS.grafana.key}`,
    GF_SECURITY_DISABLE_GRAVATAR: 'true',
    GF_SECURITY_COOKIE_SAMESITE: 'strict',
    GF_AUTH_ANONYMOUS_ENABLED: 'false',
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_USERS_DEFAULT_THEME: 'light',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
    GF_NEWS_NEWS_FEED_ENABLED: 'false',
    GF_PLUGINS_PREINSTALL_DISABLED: 'true',
    GF_SNAPSHOTS_EXTERNAL_ENABLED: 'false',
    // Prometheus judges and Alertmanager tells; a second judge would contradict them.
    GF_UNIFIED_ALERTING_ENABLED: 'false',
    GF_LOG_MODE: 'console',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: `${PATHS.dashboards}/overview.json`,
    GF_PATHS_PROVISIONING: PATHS.provisioning,
    GF_SERVER_DOMAIN: new URL(monitoring.grafanaUrl).hostname,
    GF_INSTANCE_NAME: context.namespace,
  };
}

function datasources({ monitoring }: Stack): MountedFiles {
  const source = (name: string, type: string, url: string) => ({
    name,
    type,
    url,
    uid: type,
    access: 'proxy',
    editable: false,
    isDefault: type === DATASOURCE.type,
  });
  const list = [
    source('Prometheus', DATASOURCE.type, `http://${MONITORS.prometheus}:${MONITOR_PORTS.prometheus}`),
    ...when(
      monitoring.jaeger,
      source('Jaeger', TRACES_DATASOURCE, `http://${MONITORS.jaeger}:${MONITOR_PORTS.jaegerUi}`),
    ),
  ];
  return {
    configMap: 'grafana-datasources',
    mountPath: `${PATHS.provisioning}/datasources`,
    data: { 'datasources.yaml': dump({ apiVersion: 1, datasources: list }, { lineWidth: -1 }) },
  };
}

function providers(): MountedFiles {
  const provider = {
    name: 'platform',
    type: 'file',
    folder: 'Platform',
    allowUiUpdates: false,
    disableDeletion: true,
    options: { path: PATHS.dashboards },
  };
  return {
    configMap: 'grafana-providers',
    mountPath: `${PATHS.provisioning}/dashboards`,
    data: { 'providers.yaml': dump({ apiVersion: 1, providers: [provider] }, { lineWidth: -1 }) },
  };
}

/** A ConfigMap each: together they would outgrow what client-side apply can annotate. */
function dashboards({ context }: Stack): MountedFiles[] {
  return dashboardFiles(context).map(({ name, json }) => ({
    configMap: `grafana-dashboard-${name}`,
    mountPath: PATHS.dashboards,
    data: { [`${name}.json`]: json },
  }));
}
