import { PROMISES, WORKLOAD } from '../../annotations.ts';
import type { Environment } from '../../environment.ts';
import type { Resource } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { type Expression, expressions } from '../../promql/expressions.ts';
import { looksAt, monitors, scrapeJobs, sourcesFor } from '../../promql/sources.ts';
import { parseDuration } from '../../quantity.ts';
import { each, eachEnvironment, eachObject, type Problem, rules } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';
import { didYouMean } from '../../suggest.ts';

const MODEL = 'https://prometheus.io/docs/concepts/data_model/';

export const metricsRules = rules({
  'expressions-parse': {
    title: 'Every PromQL expression parses, and a rule has one that gives values',
    rationale: 'Prometheus refuses the whole rule file, so none of its alerts exists; a panel stays empty.',
    docs: 'https://prometheus.io/docs/prometheus/latest/querying/basics/',
    check: each(expressions, function* ({ at, title, text, analysis }, platform) {
      const isOfRule = !/^(panel|variable) /.test(title);
      if (isOfRule && analysis.isNoResult) {
        const message = `${title}: the expression gives values over a time or a text, which no rule can take`;
        yield { at, message, fix: 'Put it into a function, such as rate() or max_over_time().' };
      }
      if (analysis.isDeep) {
        const message = `${title}: the expression has too many operands and was not looked into`;
        yield { at, severity: 'note', message, fix: 'Record parts of it by rules of their own.' };
      }
      // Rules are read by Prometheus' own code where the judge is there; nobody else reads dashboards.
      if (platform.judge && isOfRule) return;
      if (analysis.errorAt === undefined) return;
      const near = text.slice(Math.max(0, analysis.errorAt - 20), analysis.errorAt + 20).trim();
      const message = `${title}: the expression is no PromQL near "${near}"`;
      yield { at, message, fix: 'Correct it; promtool check rules says what Prometheus reads.' };
    }),
  },
  'metric-labels-exist': {
    title: 'Every label in a rule or a dashboard is one that the metric has',
    rationale: 'A matcher on another label matches nothing, and grouping by it makes one group of all.',
    docs: MODEL,
    check: each(expressions, unknownLabels),
  },
  'metrics-exist': {
    title: 'Every metric in a rule or a dashboard is one that something exposes',
    rationale: 'The expression is empty without it: the alert never fires and the panel looks calm.',
    docs: 'https://prometheus.io/docs/practices/naming/',
    check: each(expressions, function* ({ at, title, analysis }, platform) {
      // Quiet where nothing declares its metrics: the manifests alone do not tell what a program exposes.
      const sources = sourcesFor(platform, at.resource.namespace);
      for (const metric of new Set(sources ? analysis.selectors.map((selector) => selector.metric) : [])) {
        if (metric === undefined || !sources || sources.metrics.has(metric)) continue;
        const otherwise = 'Ask for a metric that is exposed, or declare who exposes it.';
        const fix = didYouMean(metric, sources.metrics.keys(), otherwise);
        yield { at, message: `${title} asks for ${metric}, which nothing here exposes`, fix };
      }
    }),
  },
  'monitors-select-targets': {
    title: 'Every ServiceMonitor and PodMonitor selects something that has the port it scrapes',
    rationale: 'Prometheus has no target and says nothing: the absence of alerts is taken for health.',
    docs: 'https://prometheus-operator.dev/docs/developer/getting-started/',
    check: eachObject(['ServiceMonitor', 'PodMonitor'], function* (monitor, platform) {
      const targets = targetsOf(platform, monitor);
      // Quiet where none of the workloads that the monitor looks at is given.
      if (targets.length === 0 && platform.workloads.some(({ namespace }) => looksAt(monitor, namespace))) {
        const at = monitor.at('spec', 'selector');
        const labels = formatLabels(at.at('matchLabels').texts) || 'by its selector';
        const message = `selects ${labels}, which nothing it looks at carries`;
        yield { at, message, fix: 'Give it the labels of the Service or of the pods.' };
      }
      const endpoints = ['endpoints', 'podMetricsEndpoints'].flatMap((key) => monitor.all('spec', key, '*', 'port'));
      yield* lateScrapes(monitor);
      for (const at of targets.length === 0 ? [] : endpoints) {
        if (at.text === undefined || targets.flat().includes(at.text)) continue;
        const named = targets.flat().join(', ') || 'no named port';
        const message = `scrapes port ${at.text}, but what it selects has ${named}`;
        yield { at, message, fix: 'Name a port that it has.' };
      }
    }),
  },
  'workloads-are-scraped': {
    title: 'Where monitoring is promised, every workload that shows metrics is scraped',
    rationale: 'Nobody watches it: its alerts have no series to look at, and stay quiet when it fails.',
    docs: 'https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config',
    where: PROMISES.monitoring,
    check: eachEnvironment(unwatched),
  },
});

function* unknownLabels({ at, title, analysis }: Expression, platform: Platform): Iterable<Problem> {
  const sources = sourcesFor(platform, at.resource.namespace);
  if (!sources) return;
  const { metrics, targetLabels } = sources;
  const declared = analysis.selectors.map(({ metric }) => (metric === undefined ? undefined : metrics.get(metric)));
  for (const [index, { metric, matchers }] of analysis.selectors.entries()) {
    const labels = declared[index];
    for (const { label } of labels ? matchers : []) {
      if (labels?.has(label) || targetLabels.has(label)) continue;
      const has = [...(labels ?? [])].join(', ') || 'none of its own';
      const fix = didYouMean(label, labels ?? [], 'Match a label that it has.');
      yield { at, message: `${title}: ${metric} has no label ${label}: it has ${has}`, fix };
    }
  }
  if (declared.includes(undefined)) return;
  for (const label of new Set(analysis.groupings)) {
    if (targetLabels.has(label) || declared.some((labels) => labels?.has(label))) continue;
    const message = `${title} groups by ${label}, which none of its metrics has`;
    yield { at, message, fix: 'Group by a label that they have.' };
  }
}

/** The operator refuses a monitor with a timeout longer than its interval. */
function* lateScrapes(monitor: Resource): Iterable<Problem> {
  for (const endpoint of ['endpoints', 'podMetricsEndpoints'].flatMap((key) => monitor.at('spec', key).items)) {
    const { interval, scrapeTimeout } = endpoint.texts;
    if (!((parseDuration(scrapeTimeout) ?? 0) > (parseDuration(interval) ?? Number.POSITIVE_INFINITY))) continue;
    const message = `waits ${scrapeTimeout} for an answer, longer than the interval of ${interval}`;
    yield { at: endpoint.at('scrapeTimeout'), message, fix: 'Wait for less than the interval.' };
  }
}

/** The port names of each thing that the monitor selects. */
function targetsOf(platform: Platform, monitor: Resource): readonly (readonly (string | undefined)[])[] {
  const selector = monitor.at('spec', 'selector');
  const isTarget = ({ namespace, labels }: Pick<Resource, 'namespace' | 'labels'>): boolean =>
    looksAt(monitor, namespace) && matchesSelector(selector, labels);
  if (monitor.kind === 'ServiceMonitor') {
    const services = platform.ofKind('Service').filter(isTarget);
    return services.map((service) => service.all('spec', 'ports', '*', 'name').map(({ text }) => text));
  }
  const workloads = platform.workloads.filter(isTarget);
  return workloads.map(({ ports }) => ports.map(({ name }) => name));
}

/** Quiet where nothing that scrapes is given: it may be installed by other means. */
function* unwatched(environment: Environment, platform: Platform): Iterable<Problem> {
  const namespaces = environment.namespaces.map(({ name }) => name);
  const jobs = scrapeJobs(platform, namespaces);
  const found = platform.ofKind('ServiceMonitor', 'PodMonitor');
  for (const workload of jobs.length + found.length > 0 ? platform.workloadsOf(environment) : []) {
    const { resource, isLongRunning } = workload;
    const serves = /\s\/metrics\b/.test(resource.annotations[WORKLOAD.endpoints] ?? '');
    if (!isLongRunning || !(serves || resource.annotations[WORKLOAD.metrics] !== undefined)) continue;
    if (jobs.some((job) => job.covers(workload))) continue;
    if (found.some((monitor) => monitors(platform, monitor, workload))) continue;
    const message = `shows metrics, but no scrape job and no monitor of ${environment.name} has its pods among the targets`;
    const fix = 'Add it to a scrape job, or give its pods the labels and the port name that one looks for.';
    yield { at: resource.at('metadata'), message, fix };
  }
}
