import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { filesOf, type Rendered, ruleFilesOf, yamlOf } from './rendered.ts';

/** A process of this machine in the place of a pod. */
export interface LocalTarget {
  readonly namespace: string;
  readonly name: string;
  readonly pod: string;
  readonly portName: string;
  readonly address: string;
}

export interface LocalConfigOptions {
  readonly objects: readonly Rendered[];
  readonly folder: string;
  readonly targets: readonly LocalTarget[];
  /** In the place of cert-manager's Service. */
  readonly certManager: string;
  readonly alertmanager: string;
}

export interface LocalRulesOptions {
  readonly objects: readonly Rendered[];
  readonly folder: string;
  /** Alerts that need not wait as long as in production. */
  readonly impatient: readonly string[];
}

interface PrometheusConfig {
  readonly global: Record<string, unknown>;
  readonly scrape_configs: readonly ScrapeConfig[];
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly kubernetes_sd_configs?: readonly { readonly namespaces: { readonly names: readonly string[] } }[];
}

interface RuleFile {
  readonly groups: readonly {
    readonly interval?: string;
    readonly rules: readonly Rule[];
  }[];
}

interface Rule {
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
}

/**
 * Prometheus' configuration of dist/ with three changes: pods are given instead of discovered, other addresses are local ones, everything is
 * read and judged every second. Relabelling and limits are as in dist/. It has no rules before `writeRules` and a reload.
 */
export function writePrometheusFiles(options: LocalConfigOptions): string {
  const { objects, folder } = options;
  const config = yamlOf<PrometheusConfig>(objects, 'prometheus-config', 'prometheus.yaml');
  const path = join(folder, 'prometheus.yaml');
  const local = {
    ...config,
    global: { ...config.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [`${rulesFolder(folder)}/*.yaml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: config.scrape_configs.map((scrape) => localScrape(scrape, options)),
  };
  writeFileSync(path, dump(local, { noRefs: true }));
  return path;
}

const rulesFolder = (folder: string) => join(folder, 'rules');

/**
 * The rules of dist/ in a hurry: the alerts that the test waits for have a `for` of two seconds, and minutes up to six, of the short windows
 * and of what goes on firing after them, are a tenth as long.
 */
export function writeRules({ objects, folder, impatient: alerts }: LocalRulesOptions): void {
  mkdirSync(rulesFolder(folder), { recursive: true });
  for (const [name, file] of Object.entries(ruleFilesOf<RuleFile>(objects))) {
    writeFileSync(join(rulesFolder(folder), name), dump(impatient(file, alerts), { noRefs: true }));
  }
}

function impatient({ groups }: RuleFile, alerts: readonly string[]): RuleFile {
  return {
    groups: groups.map((group) => ({
      ...group,
      ...(group.interval === undefined ? {} : { interval: '2s' }),
      rules: group.rules.map((rule) => ({
        ...rule,
        expr: rule.expr.replaceAll(/\[\d+m\]/g, (window) => tenth(window)),
        ...(alerts.includes(rule.alert ?? '') ? { for: '2s' } : {}),
        ...(rule.keep_firing_for === undefined ? {} : { keep_firing_for: tenth(rule.keep_firing_for) }),
      })),
    })),
  };
}

/** A tenth of up to six minutes, in seconds; longer times stay. */
function tenth(duration: string): string {
  return duration.replace(/\b([1-6])m\b/, (_, minutes: string) => `${Number(minutes) * 6}s`);
}

/** Pods with the labels that discovery would give them: the relabelling of dist/ picks the right ones. */
function localScrape(scrape: ScrapeConfig, { targets, certManager }: LocalConfigOptions): Record<string, unknown> {
  const { kubernetes_sd_configs: discovery, ...rest } = scrape;
  if (discovery === undefined) return { ...rest, static_configs: [{ targets: [certManager] }] };
  const namespaces = discovery.flatMap(({ namespaces: { names } }) => names);
  return {
    ...rest,
    static_configs: targets
      .filter(({ namespace }) => namespaces.includes(namespace))
      .map((target) => ({
        targets: [target.address],
        labels: {
          __meta_kubernetes_namespace: target.namespace,
          __meta_kubernetes_pod_name: target.pod,
          __meta_kubernetes_pod_phase: 'Running',
          __meta_kubernetes_pod_label_app_kubernetes_io_name: target.name,
          __meta_kubernetes_pod_container_port_name: target.portName,
        },
      })),
  };
}

interface AlertmanagerConfig {
  readonly global: Record<string, unknown>;
  readonly route: { readonly routes: readonly Record<string, unknown>[] };
}

export interface LocalMailOptions {
  readonly objects: readonly Rendered[];
  readonly folder: string;
  readonly smtpPort: number;
  readonly password: string;
}

/** Alertmanager's files of dist/ with the local mail server (which speaks no TLS), and groups that wait seconds instead of minutes. */
export function writeAlertmanagerFiles({ objects, folder, smtpPort, password }: LocalMailOptions): string {
  const config = yamlOf<AlertmanagerConfig>(objects, 'alertmanager-config', 'alertmanager.yaml');
  const passwordFile = join(folder, 'smtp-password');
  const template = join(folder, 'mail.tmpl');
  writeFileSync(passwordFile, password);
  writeFileSync(template, filesOf(objects, 'alertmanager-config')['mail.tmpl'] ?? '');
  const hurry = { group_wait: '5s', group_interval: '3s' };
  const local = {
    ...config,
    global: {
      ...config.global,
      smtp_smarthost: `127.0.0.1:${smtpPort}`,
      smtp_require_tls: false,
      smtp_auth_password_file: passwordFile,
    },
    templates: [template],
    route: {
      ...config.route,
      ...hurry,
      routes: config.route.routes.map((route) => ({ ...route, ...hurry })),
    },
  };
  const path = join(folder, 'alertmanager.yaml');
  writeFileSync(path, dump(local, { noRefs: true }));
  return path;
}
