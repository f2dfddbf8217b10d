import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { ADMIN_PATHS } from '../../../app/contract.ts';
import { recommendedLabels } from '../../constructs/labels.ts';
import type { Environment } from '../../environments/environment.ts';
import type { ServiceSpec } from '../../services/service.ts';
import { dashboardFiles } from '../dashboards/dashboard-files.ts';
import { type ScrapeJob, scrapeJobs } from '../prometheus/scrape-jobs.ts';
import { ruleGroupDocument } from '../rules/rule-file.ts';
import { ruleGroups } from '../rules/rule-groups.ts';
import { type Watch, watchOf } from '../watch.ts';
import { alertmanagerConfigSpec } from './alertmanager-config.ts';

export interface OperatorMonitoringProps {
  readonly environment: Environment;
  readonly catalog: readonly ServiceSpec[];
}

/** Label by which the sidecar of the Grafana chart finds dashboards. */
const DASHBOARD_LABEL = { grafana_dashboard: '1' };

/** For a cluster with the Prometheus Operator: the same rules, routes and dashboards as objects of its kinds. Nothing in the other modes. */
export class OperatorMonitoring extends Construct {
  private readonly watch: Watch | null;
  private readonly release: string;

  constructor(scope: Construct, id: string, { environment, catalog }: OperatorMonitoringProps) {
    super(scope, id);
    const { monitoring } = environment;
    this.watch = watchOf(environment, catalog);
    this.release = monitoring.kind === 'operator' ? monitoring.release : '';
    if (monitoring.kind !== 'operator' || this.watch === null) return;
    for (const job of scrapeJobs(this.watch, [])) this.addPodMonitor(job);
    for (const group of ruleGroups(this.watch)) {
      this.addObject('PrometheusRule', 'monitoring.coreos.com/v1', group.name, {
        groups: [ruleGroupDocument(group, this.watch)],
      });
    }
    this.addObject(
      'AlertmanagerConfig',
      'monitoring.coreos.com/v1alpha1',
      'mail',
      alertmanagerConfigSpec(monitoring.mail),
    );
    this.addDashboards(this.watch);
  }

  private metadata(name: string) {
    const instance = this.watch?.namespace ?? '';
    return {
      name,
      labels: { ...recommendedLabels({ name, instance, component: 'monitoring' }), release: this.release },
    };
  }

  private addObject(kind: string, apiVersion: string, name: string, spec: Record<string, unknown>): void {
    new ApiObject(this, `${kind}-${name}`, { apiVersion, kind, metadata: this.metadata(name), spec });
  }

  private addPodMonitor(job: ScrapeJob): void {
    this.addObject('PodMonitor', 'monitoring.coreos.com/v1', job.name, {
      // The scrape job is the service's name, as in our own Prometheus.
      jobLabel: 'app.kubernetes.io/name',
      selector: {
        matchLabels: { 'app.kubernetes.io/instance': job.namespace },
        matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: [...job.pods] }],
      },
      sampleLimit: job.sampleLimit,
      podMetricsEndpoints: [{ port: job.portName, path: ADMIN_PATHS.metrics }],
    });
  }

  private addDashboards(watch: Watch): void {
    for (const { name, json } of dashboardFiles(watch)) {
      const metadata = this.metadata(`grafana-dashboard-${name}`);
      new k8s.KubeConfigMap(this, `dashboard-${name}`, {
        metadata: { ...metadata, labels: { ...metadata.labels, ...DASHBOARD_LABEL } },
        data: { [`${name}.json`]: json },
      });
    }
  }
}
