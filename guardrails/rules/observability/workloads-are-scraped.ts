import { PROMISES, WORKLOAD } from '../../annotations.ts';
import { monitors } from '../../promql/monitors.ts';
import { scrapeJobs } from '../../promql/scrape-jobs.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

/** Quiet where nothing that scrapes is given: it may be installed by other means. */
export const workloadsAreScraped: Rule = {
  id: 'workloads-are-scraped',
  title: 'Where monitoring is promised, every workload that shows metrics is scraped',
  rationale: 'Nobody watches it: its alerts have no series to look at, and stay quiet when it fails.',
  severity: 'error',
  docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config',
  *check(platform) {
    for (const environment of platform.environments) {
      if (!environment.promises(PROMISES.monitoring)) continue;
      const namespaces = environment.namespaces.map(({ name }) => name);
      const jobs = scrapeJobs(platform, namespaces);
      const found = platform.ofKind('ServiceMonitor', 'PodMonitor');
      if (jobs.length === 0 && found.length === 0) continue;
      for (const workload of namespaces.flatMap((name) => platform.workloadsIn(name)).filter(showsMetrics)) {
        if (jobs.some((job) => job.covers(workload))) continue;
        if (found.some((monitor) => monitors(platform, monitor, workload))) continue;
        yield {
          at: workload.resource.at('metadata'),
          message: `shows metrics, but no scrape job and no monitor of ${environment.name} has its pods among the targets`,
          fix: 'Add it to a scrape job, or give its pods the labels and the port name that one looks for.',
        };
      }
    }
  },
};

function showsMetrics({ resource, isLongRunning }: Workload): boolean {
  const serves = /\s\/metrics\b/.test(resource.annotations[WORKLOAD.endpoints] ?? '');
  return isLongRunning && (serves || resource.annotations[WORKLOAD.metrics] !== undefined);
}
