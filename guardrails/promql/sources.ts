import { FOREIGN_METRICS_PREFIX, WORKLOAD } from '../annotations.ts';
import type { Environment } from '../environment.ts';
import type { Field, Resource } from '../field.ts';
import { fitsPattern } from '../pattern.ts';
import { groupBy, oncePerPlatform, type Platform } from '../platform.ts';
import { matchesSelector } from '../selector.ts';
import type { Workload } from '../workload.ts';
import { configFiles, writtenRules } from './expressions.ts';

/** Labels that a metric may carry; undefined for one whose labels nobody declares. */
export type MetricLabels = ReadonlySet<string> | undefined;

/** What can be asked for from one namespace. */
export interface Sources {
  readonly metrics: ReadonlyMap<string, MetricLabels>;
  /** Labels that scraping adds to every series. */
  readonly targetLabels: ReadonlySet<string>;
}

/** Prometheus makes these itself. */
const SCRAPE = ['duration_seconds', 'samples_scraped', 'samples_post_metric_relabeling', 'series_added'];
const INTRINSIC = ['up', 'ALERTS', 'ALERTS_FOR_STATE', ...SCRAPE.map((name) => `scrape_${name}`)];

/** What scraping with Kubernetes discovery attaches by common custom; scrape configurations may add more. */
const TARGET_LABELS = ['job', 'instance', 'namespace', 'pod', 'service', 'container', 'endpoint', 'node', '__name__'];

/** `name{label,label} type`, the labels and the type optional. */
const LINE = /^([a-zA-Z_:][\w:]*)(?:\s*\{([^}]*)\})?(?:\s*(counter|gauge|histogram|summary|untyped))?$/;

/** What a metric of these types is made of: the ends of the names of its series, and the label that one of them has besides. */
const SERIES: Readonly<Record<string, readonly (readonly [suffix: string, label?: string])[]>> = {
  histogram: [['_bucket', 'le'], ['_sum'], ['_count']],
  summary: [['', 'quantile'], ['_sum'], ['_count']],
};

const found = oncePerPlatform(() => new Map<string, Sources | undefined>());

/** The metrics that rules in this namespace may ask for: those of its environment, or all; undefined when none is declared anywhere. */
export function sourcesFor(platform: Platform, namespace: string): Sources | undefined {
  const known = found(platform);
  const environment = platform.environmentOf(namespace);
  const of = environment === undefined ? '' : `environment ${environment.name}`;
  if (!known.has(of)) known.set(of, collect(platform, environment));
  return known.get(of);
}

function collect(platform: Platform, environment: Environment | undefined): Sources | undefined {
  const namespaces = environment?.namespaces ?? platform.ofKind('Namespace');
  const workloads = environment ? namespaces.flatMap(({ name }) => platform.workloadsIn(name)) : platform.workloads;
  const declared = [
    ...workloads.map(({ resource }) => resource.annotations[WORKLOAD.metrics]),
    ...namespaces.flatMap(({ annotations }) => foreign(annotations)),
  ].filter((text) => text !== undefined);
  if (declared.length === 0) return undefined;
  const rules = environment
    ? namespaces.flatMap(({ name }) => rulesByNamespace(platform).get(name) ?? [])
    : writtenRules(platform);
  const recorded = rules.flatMap(({ rule }) => rule.at('record').text ?? []);
  const metrics = new Map<string, MetricLabels>([...INTRINSIC, ...recorded].map((name) => [name, undefined]));
  for (const line of declared.flatMap((text) => text.split('\n')))
    for (const [name, labels] of seriesOf(line)) metrics.set(name, merge(metrics.get(name), labels));
  return { metrics, targetLabels: new Set([...TARGET_LABELS, ...scrapedLabels(platform)]) };
}

const rulesByNamespace = oncePerPlatform((platform) =>
  groupBy(writtenRules(platform), ({ at }) => at.resource.namespace),
);

function foreign(annotations: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(annotations).flatMap(([key, text]) => (key.startsWith(FOREIGN_METRICS_PREFIX) ? text : []));
}

/** The series that a declared line stands for. */
function seriesOf(line: string): readonly (readonly [string, MetricLabels])[] {
  const [, name, labels, type = 'untyped'] = LINE.exec(line.trim()) ?? [];
  if (name === undefined) return [];
  const own = (labels ?? '').split(',').map((label) => label.trim());
  return (SERIES[type] ?? [['']]).map(([suffix, added = '']) => [
    `${name}${suffix}`,
    new Set([...own, added].filter((label) => label !== '')),
  ]);
}

/** Two sources of one metric: a series of either may be meant. */
function merge(one: MetricLabels, other: MetricLabels): MetricLabels {
  return new Set([...(one ?? []), ...(other ?? [])]);
}

/** Labels that scrape configurations write, and external labels. */
const scrapedLabels = oncePerPlatform((platform): readonly string[] => {
  const files = configFiles(platform).map(({ content }) => content);
  const maps = files.flatMap((content) => [
    content.at('global', 'external_labels'),
    ...content.all('scrape_configs', '*', 'static_configs', '*', 'labels'),
  ]);
  const monitors = platform.ofKind('ServiceMonitor', 'PodMonitor').map(({ root }) => root);
  const written = [...files, ...monitors].flatMap((root) => WRITES_LABELS.flatMap((path) => root.all(...path)));
  return [
    ...maps.flatMap(({ entries }) => entries.map(([name]) => name)),
    ...written.flatMap(({ text }) => text ?? []),
  ];
});

const WRITES_LABELS = [
  ...['relabel_configs', 'metric_relabel_configs'].map((key) => ['scrape_configs', '*', key, '*', 'target_label']),
  ...['relabelings', 'metricRelabelings'].flatMap((key) =>
    ['endpoints', 'podMetricsEndpoints'].map((endpoints) => ['spec', endpoints, '*', key, '*', 'targetLabel']),
  ),
];

/** A job of a Prometheus configuration that finds pods by discovery. */
export interface ScrapeJob {
  /** Whether a pod of this workload is among its targets, on any of its ports. */
  covers(workload: Workload): boolean;
}

/** The jobs in the configuration files of these namespaces that discover pods. */
export function scrapeJobs(platform: Platform, namespaces: readonly string[]): readonly ScrapeJob[] {
  const files = configFiles(platform).filter(({ at }) => namespaces.includes(at.resource.namespace));
  return files.flatMap(({ at, content }) =>
    content.at('scrape_configs').items.flatMap((job) => {
      const discoveries = job.at('kubernetes_sd_configs').items;
      return discoveries.filter((one) => one.at('role').text === 'pod').map((one) => read(job, one, at));
    }),
  );
}

function read(job: Field, discovery: Field, { resource }: Field): ScrapeJob {
  const named = discovery.at('namespaces', 'names').words;
  const own = discovery.at('namespaces', 'own_namespace').flag === true ? [resource.namespace] : [];
  const namespaces = [...named, ...own];
  const filters = job.at('relabel_configs').items.filter((rule) => /^(keep|drop)$/.test(rule.at('action').text ?? ''));
  return {
    covers: (workload) =>
      (namespaces.length === 0 || namespaces.includes(workload.namespace)) &&
      targetsOf(workload).some((target) => filters.every((rule) => passes(rule, target))),
  };
}

type Target = Readonly<Record<string, string>>;

/** One target a container port, with the labels that discovery gives it. */
function targetsOf({ running, labels, template, namespace }: Workload): readonly Target[] {
  const said = (kind: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([key, value]) => [`${POD}${kind}_${key.replace(/\W/g, '_')}`, value] as const);
  const pod = Object.fromEntries([
    ...said('label', labels),
    ...said('annotation', template.at('metadata', 'annotations').texts),
    ['__meta_kubernetes_namespace', namespace],
    [`${POD}phase`, 'Running'],
  ]);
  return running.flatMap(({ name, ports }) =>
    ports.map((port) => ({
      ...pod,
      [`${POD}container_name`]: name,
      [`${POD}container_port_name`]: port.name ?? '',
      [`${POD}container_port_number`]: String(port.number ?? ''),
    })),
  );
}

const POD = '__meta_kubernetes_pod_';
/** Labels whose values are known from a manifest; what a rule asks of others nobody can say, and it passes. */
const KNOWN =
  /^__meta_kubernetes_(namespace|pod_(label|annotation)_\w+|pod_phase|pod_container_(name|port_name|port_number))$/;

function passes(rule: Field, target: Target): boolean {
  const sources = rule.at('source_labels').words;
  if (!sources.every((label) => KNOWN.test(label))) return true;
  const value = sources.map((label) => target[label] ?? '').join(rule.at('separator').text ?? ';');
  const matches = fitsPattern(rule.at('regex').scalar ?? '(.*)', value);
  return rule.at('action').text === 'keep' ? matches : !matches;
}

/** Whether the monitor looks for targets in a namespace. */
export function looksAt(monitor: Resource, namespace: string): boolean {
  const chosen = monitor.at('spec', 'namespaceSelector');
  const named = chosen.at('matchNames').words;
  if (chosen.at('any').flag === true) return true;
  return named.length > 0 ? named.includes(namespace) : namespace === monitor.namespace;
}

/** Whether the monitor, a ServiceMonitor or a PodMonitor, has the pods of a workload among its targets. */
export function monitors(platform: Platform, monitor: Resource, workload: Workload): boolean {
  const selector = monitor.at('spec', 'selector');
  if (!looksAt(monitor, workload.namespace)) return false;
  const ports = workload.ports.map(({ name }) => name);
  if (monitor.kind === 'PodMonitor') {
    const asked = monitor.all('spec', 'podMetricsEndpoints', '*', 'port');
    const isScraped = asked.some(({ text }) => text === undefined || ports.includes(text));
    return isScraped && matchesSelector(selector, workload.labels);
  }
  return platform
    .inNamespace('Service', workload.namespace)
    .some((service) => matchesSelector(selector, service.labels) && platform.selectedBy(service).includes(workload));
}
