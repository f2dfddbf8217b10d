import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Field, Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import { looksAt, monitors, type Sources, scrapeJobs, sourcesFor } from '../../promql/sources.ts';
import type { Problem, Rule } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';
import { suggest } from '../../suggest.ts';
import type { Workload } from '../../workload.ts';

const expressionsParse: Rule = {
  id: 'expressions-parse',
  title: 'Every PromQL expression parses',
  rationale: 'Prometheus refuses the whole rule file, so none of its alerts exists; a panel stays empty.',
  docs: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
  *check(platform) {
    for (const { at, title, text, analysis } of expressions(platform)) {
      // Rules are read by Prometheus' own code where the judge is there; nobody else reads dashboards.
      if (analysis.errorAt === undefined || (platform.judge && !/^(panel|variable) /.test(title))) continue;
      const near = text.slice(Math.max(0, analysis.errorAt - 20), analysis.errorAt + 20).trim();
      yield {
        at,
        message: `${title}: the expression is no PromQL near "${near}"`,
        fix: 'Correct it; promtool check rules says what Prometheus reads.',
      };
    }
  },
};

const metricLabelsExist: Rule = {
  id: 'metric-labels-exist',
  title: 'Every label in a rule or a dashboard is one that the metric has',
  rationale:
    'A matcher on a label that a metric does not have matches nothing, and grouping by it puts everything into one group.',
  docs: 'https://prometheus.io/docs/concepts/data_model/',
  *check(platform) {
    for (const expression of expressions(platform)) {
      const sources = sourcesFor(platform, expression.at.resource.namespace);
      if (sources) yield* judge(expression, sources);
    }
  },
};

function* judge({ at, title, analysis }: Expression, { metrics, targetLabels }: Sources): Iterable<Problem> {
  const declared = analysis.selectors.map(({ metric }) => (metric === undefined ? undefined : metrics.get(metric)));
  for (const [index, { metric, matchers }] of analysis.selectors.entries()) {
    const labels = declared[index];
    for (const { label } of labels ? matchers : []) {
      if (labels?.has(label) || targetLabels.has(label)) continue;
      const meant = suggest(label, [...(labels ?? [])]);
      const has = [...(labels ?? [])].join(', ') || 'none of its own';
      yield {
        at,
        message: `${title}: ${metric} has no label ${label}: it has ${has}`,
        fix: meant === undefined ? 'Match a label that it has.' : `Did you mean ${meant}?`,
      };
    }
  }
  if (declared.includes(undefined)) return;
  for (const label of new Set(analysis.groupings)) {
    if (targetLabels.has(label) || declared.some((labels) => labels?.has(label))) continue;
    yield {
      at,
      message: `${title} groups by ${label}, which none of its metrics has`,
      fix: 'Group by a label that they have.',
    };
  }
}

/** Quiet where nothing declares its metrics: the manifests alone do not tell what a program exposes. */
const metricsExist: Rule = {
  id: 'metrics-exist',
  title: 'Every metric in a rule or a dashboard is one that something exposes',
  rationale:
    'An expression over a metric that does not exist is empty: the alert never fires and the panel looks calm.',
  docs: 'https://prometheus.io/docs/practices/naming/',
  *check(platform) {
    for (const { at, title, analysis } of expressions(platform)) {
      const sources = sourcesFor(platform, at.resource.namespace);
      const told = new Set<string>();
      for (const { metric } of sources ? analysis.selectors : []) {
        if (metric === undefined || sources?.metrics.has(metric) || told.has(metric)) continue;
        told.add(metric);
        const meant = suggest(metric, [...(sources?.metrics.keys() ?? [])]);
        yield {
          at,
          message: `${title} asks for ${metric}, which nothing here exposes`,
          fix:
            meant === undefined
              ? 'Ask for a metric that is exposed, or declare who exposes it.'
              : `Did you mean ${meant}?`,
        };
      }
    }
  },
};

/** Quiet where none of the workloads that the monitor looks at is given. */
const monitorsSelectTargets: Rule = {
  id: 'monitors-select-targets',
  title: 'Every ServiceMonitor and PodMonitor selects something that has the port it scrapes',
  rationale: 'Prometheus has no target and says nothing: the absence of alerts is taken for health.',
  docs: 'https://prometheus-operator.dev/docs/developer/getting-started/',
  *check(platform) {
    for (const monitor of platform.ofKind('ServiceMonitor', 'PodMonitor')) {
      const selector = monitor.at('spec', 'selector');
      const targets = targetsOf(platform, monitor);
      if (targets.length === 0) {
        if (!platform.workloads.some(({ namespace }) => looksAt(monitor, namespace))) continue;
        const labels = formatLabels(selector.at('matchLabels').texts) || 'by its selector';
        yield {
          at: selector,
          message: `selects ${labels}, which nothing it looks at carries`,
          fix: 'Give it the labels of the Service or of the pods.',
        };
        continue;
      }
      for (const port of portsOf(monitor)) {
        if (port.text === undefined || targets.some((names) => names.includes(port.text))) continue;
        yield {
          at: port,
          message: `scrapes port ${port.text}, but what it selects has ${targets.flat().join(', ') || 'no named port'}`,
          fix: 'Name a port that it has.',
        };
      }
    }
  },
};

/** The port names of each thing that the monitor selects. */
function targetsOf(platform: Platform, monitor: Resource): readonly (readonly (string | undefined)[])[] {
  const selector = monitor.at('spec', 'selector');
  if (monitor.kind === 'ServiceMonitor') {
    const services = platform
      .ofKind('Service')
      .filter(({ namespace, labels }) => looksAt(monitor, namespace) && matchesSelector(selector, labels));
    return services.map((service) => service.at('spec', 'ports').items.map((port) => port.at('name').text));
  }
  const workloads = platform.workloads.filter(
    ({ namespace, labels }) => looksAt(monitor, namespace) && matchesSelector(selector, labels),
  );
  return workloads.map(({ running }) => running.flatMap(({ ports }) => ports.map(({ name }) => name)));
}

function portsOf(monitor: Resource): readonly Field[] {
  const endpoints = [...monitor.at('spec', 'endpoints').items, ...monitor.at('spec', 'podMetricsEndpoints').items];
  return endpoints.map((endpoint) => endpoint.at('port'));
}

/** Quiet where nothing that scrapes is given: it may be installed by other means. */
const workloadsAreScraped: Rule = {
  id: 'workloads-are-scraped',
  title: 'Where monitoring is promised, every workload that shows metrics is scraped',
  rationale: 'Nobody watches it: its alerts have no series to look at, and stay quiet when it fails.',
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

export const metricsRules: readonly Rule[] = [
  expressionsParse,
  metricLabelsExist,
  metricsExist,
  monitorsSelectTargets,
  workloadsAreScraped,
];
