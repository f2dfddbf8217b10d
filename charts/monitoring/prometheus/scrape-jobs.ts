import { PORT_NAMES } from '../../../app/contract.ts';
import type { Watch } from '../watch.ts';

/** Pods that are scraped: by the name they carry and the name of their port. */
export interface ScrapeJob {
  readonly name: string;
  readonly namespace: string;
  /** Values of `app.kubernetes.io/name`; each becomes the label `job`. */
  readonly pods: readonly string[];
  readonly portName: string;
  /** Series that one target may show; a scrape with more is refused whole, so that one runaway label cannot fill the disk. */
  readonly sampleLimit: number;
  /** Whether the labels of the series win over those of the target: for what speaks about others. @default - false */
  readonly honorLabels?: boolean;
}

/** Name of the metrics port of everything that watches. */
export const METRICS_PORT_NAME = 'metrics';

export function scrapeJobs(watch: Watch, monitors: readonly string[]): ScrapeJob[] {
  const { namespace, monitoringNamespace } = watch;
  const kubeState = 'kube-state-metrics';
  return [
    {
      name: 'services',
      namespace,
      pods: watch.services.map((service) => service.name),
      portName: PORT_NAMES.admin,
      sampleLimit: 5_000,
    },
    ...(watch.redis === null
      ? []
      : [{ name: 'redis', namespace, pods: ['redis'], portName: PORT_NAMES.redisExporter, sampleLimit: 2_000 }]),
    ...(monitoringNamespace === null
      ? []
      : [
          {
            name: 'monitoring',
            namespace: monitoringNamespace,
            pods: monitors.filter((monitor) => monitor !== kubeState),
            portName: METRICS_PORT_NAME,
            sampleLimit: 5_000,
          },
          {
            name: kubeState,
            namespace: monitoringNamespace,
            pods: [kubeState],
            portName: METRICS_PORT_NAME,
            sampleLimit: 50_000,
            honorLabels: true,
          },
        ]),
  ];
}
