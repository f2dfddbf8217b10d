import { when } from '../../constructs/lists.ts';
import type { MountedFiles } from '../../constructs/workload.ts';
import { IMAGES } from '../../images.ts';
import type { StandaloneMonitoring } from '../../plan/environment.ts';
import type { MonitoringContext } from '../../plan/part.ts';
import { dashboardFiles } from '../dashboards/dashboard-files.ts';
import { DATASOURCE } from '../dashboards/panels.ts';
import { TRACES_DATASOURCE } from '../links.ts';
import { type Component, METRICS_PORT_NAME, MONITOR_PORTS, MONITORS, metricsOf, yaml } from './component.ts';

const PASSWORD = 'admin-password';
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
export function grafana({ grafanaUrl, jaeger }: StandaloneMonitoring): Component {
  return {
    spec: {
      name: MONITORS.grafana,
      description: 'Dashboards',
      image: IMAGES.grafana,
      ports: { [METRICS_PORT_NAME]: MONITOR_PORTS.grafana },
      env: ({ environment }) => settings(grafanaUrl, environment.namespace),
      secrets: [{ name: 'grafana', keys: [{ key: PASSWORD, description: "password of Grafana's admin" }] }],
      secretsDir: PATHS.secret,
      scratch: { [PATHS.data]: 256, '/var/log/grafana': 16, '/tmp': 64 },
      resources: {
        requests: { cpuMillis: 100, memoryMiB: 192, ephemeralMiB: 128 },
        limits: { cpuMillis: 500, memoryMiB: 512, ephemeralMiB: 512 },
      },
      probes: { live: { http: '/healthz' }, ready: { http: '/api/health' } },
      metrics: metricsOf(),
      singleton: '5m: nobody looks at dashboards meanwhile; alerts do not need it',
    },
    files: (context) => [datasources(jaeger), providers(), ...dashboards(context)],
  };
}

function settings(url: string, name: string): Record<string, string> {
  return {
    GF_SERVER_ROOT_URL: url,
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${PATHS.secret}/${PASSWORD}`,
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
    GF_SERVER_DOMAIN: new URL(url).hostname,
    GF_INSTANCE_NAME: name,
  };
}

function datasources(jaeger: boolean): MountedFiles {
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
    ...when(jaeger, source('Jaeger', TRACES_DATASOURCE, `http://${MONITORS.jaeger}:${MONITOR_PORTS.jaegerUi}`)),
  ];
  return {
    configMap: 'grafana-datasources',
    mountPath: `${PATHS.provisioning}/datasources`,
    data: { 'datasources.yaml': yaml({ apiVersion: 1, datasources: list }) },
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
    data: { 'providers.yaml': yaml({ apiVersion: 1, providers: [provider] }) },
  };
}

/** A ConfigMap each: together they would outgrow what client-side apply can annotate. */
function dashboards(context: MonitoringContext): MountedFiles[] {
  return dashboardFiles(context).map(({ name, json }) => ({
    configMap: `grafana-dashboard-${name}`,
    mountPath: PATHS.dashboards,
    data: { [`${name}.json`]: json },
  }));
}
