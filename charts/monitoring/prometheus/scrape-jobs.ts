import type { MetricsEndpoint, MonitoringContext } from '../../plan/part.ts';

/** Pods that are scraped: by the name they carry and the name of their port. */
export interface ScrapeJob {
  readonly name: string;
  readonly namespace: string;
  /** Values of `app.kubernetes.io/name`; each becomes the label `job`. */
  readonly pods: readonly string[];
  readonly portName: string;
  readonly path: string;
  /** Series that one target may show; a scrape with more is refused whole, so that one runaway label cannot fill the disk. */
  readonly sampleLimit: number;
  /** Whether the labels of the series win over those of the target: for what speaks about others. @default - false */
  readonly honorLabels?: boolean;
}

const SAMPLE_LIMIT = 5_000;
/** Jobs that show fewer, or far more, than a service does; the last speaks about others. */
const SPECIAL: Readonly<Record<string, Pick<ScrapeJob, 'sampleLimit' | 'honorLabels'>>> = {
  redis: { sampleLimit: 2_000 },
  'kube-state-metrics': { sampleLimit: 50_000, honorLabels: true },
};

/** One job for all endpoints of a kind that are asked alike; services first. */
export function scrapeJobs({ metrics }: MonitoringContext): ScrapeJob[] {
  const groups = new Map<string, [MetricsEndpoint, ...MetricsEndpoint[]]>();
  const ordered = [...metrics].sort((a, b) => rankOf(a) - rankOf(b));
  for (const endpoint of ordered) {
    const key = [endpoint.job, endpoint.workload.namespace, endpoint.portName, endpoint.path].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [endpoint]);
    else group.push(endpoint);
  }
  const used = new Set<string>();
  return [...groups.values()].map(([first, ...others]) => {
    const name = used.has(first.job) ? `${first.job}-${first.portName}-${used.size}` : first.job;
    used.add(first.job);
    return {
      name,
      namespace: first.workload.namespace,
      pods: [first, ...others].map(({ workload }) => workload.name),
      portName: first.portName,
      path: first.path,
      sampleLimit: SAMPLE_LIMIT,
      ...SPECIAL[first.job],
    };
  });
}

function rankOf({ job }: MetricsEndpoint): number {
  const first = ['services', 'redis'];
  return first.includes(job) ? first.indexOf(job) : first.length;
}
