import { FOREIGN_METRICS_PREFIX, WORKLOAD } from '../annotations.ts';
import type { Platform } from '../platform.ts';
import { configFiles, writtenRules } from './rule-groups.ts';

/** Labels that a metric may carry; undefined for one whose labels nobody declares. */
export type MetricLabels = ReadonlySet<string> | undefined;

/** What can be asked for from one namespace. */
export interface Sources {
  readonly metrics: ReadonlyMap<string, MetricLabels>;
  /** Labels that scraping adds to every series. */
  readonly targetLabels: ReadonlySet<string>;
}

/** Prometheus makes these itself. */
const INTRINSIC = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
  'ALERTS',
  'ALERTS_FOR_STATE',
];

/** What scraping with Kubernetes discovery attaches by common custom; scrape configurations may add more. */
const TARGET_LABELS = ['job', 'instance', 'namespace', 'pod', 'service', 'container', 'endpoint', 'node', '__name__'];

/** `name{label,label} type`, the labels and the type optional. */
const LINE = /^([a-zA-Z_:][\w:]*)(?:\s*\{([^}]*)\})?(?:\s*(counter|gauge|histogram|summary|untyped))?$/;

const SERIES: Readonly<Record<string, readonly (readonly [string, string | undefined])[]>> = {
  histogram: [
    ['_bucket', 'le'],
    ['_sum', undefined],
    ['_count', undefined],
  ],
  summary: [
    ['', 'quantile'],
    ['_sum', undefined],
    ['_count', undefined],
  ],
};

const found = new WeakMap<Platform, Map<string, Sources | undefined>>();

/** The metrics that rules in this namespace may ask for: those of its environment, or all; undefined when none is declared anywhere. */
export function sourcesFor(platform: Platform, namespace: string): Sources | undefined {
  const known = found.get(platform) ?? new Map<string, Sources | undefined>();
  found.set(platform, known);
  if (!known.has(namespace)) known.set(namespace, collect(platform, namespace));
  return known.get(namespace);
}

function collect(platform: Platform, namespace: string): Sources | undefined {
  const environment = platform.environmentOf(namespace);
  const within = (other: string): boolean => !environment || environment.namespaces.some(({ name }) => name === other);
  const declared = [
    ...platform.workloads
      .filter((workload) => within(workload.namespace))
      .map(({ resource }) => resource.annotations[WORKLOAD.metrics]),
    ...platform
      .ofKind('Namespace')
      .filter(({ name }) => within(name))
      .flatMap(({ annotations }) => foreign(annotations)),
  ].filter((text) => text !== undefined);
  if (declared.length === 0) return undefined;
  const recorded = writtenRules(platform)
    .filter(({ at }) => within(at.resource.namespace))
    .flatMap(({ rule }) => rule.at('record').text ?? []);
  const metrics = new Map<string, MetricLabels>([...INTRINSIC, ...recorded].map((name) => [name, undefined]));
  for (const line of declared.flatMap((text) => text.split('\n')))
    for (const [name, labels] of seriesOf(line)) metrics.set(name, merge(metrics.get(name), labels));
  return { metrics, targetLabels: new Set([...TARGET_LABELS, ...scrapedLabels(platform)]) };
}

function foreign(annotations: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(annotations).flatMap(([key, text]) => (key.startsWith(FOREIGN_METRICS_PREFIX) ? text : []));
}

/** The series that a declared line stands for. */
function seriesOf(line: string): readonly (readonly [string, MetricLabels])[] {
  const [, name, labels, type = 'untyped'] = LINE.exec(line.trim()) ?? [];
  if (name === undefined) return [];
  const own = (labels ?? '')
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  return (SERIES[type] ?? [['', undefined]]).map(([suffix, added]) => [
    `${name}${suffix}`,
    new Set(added === undefined ? own : [...own, added]),
  ]);
}

/** Two sources of one metric: a series of either may be meant. */
function merge(one: MetricLabels, other: MetricLabels): MetricLabels {
  return new Set([...(one ?? []), ...(other ?? [])]);
}

/** Labels that scrape configurations write, and external labels. */
function scrapedLabels(platform: Platform): readonly string[] {
  const configured = configFiles(platform).flatMap(({ content }) => [
    ...content.at('global', 'external_labels').entries.map(([name]) => name),
    ...content
      .at('scrape_configs')
      .items.flatMap((config) => [
        ...[...config.at('relabel_configs').items, ...config.at('metric_relabel_configs').items].flatMap(
          (rule) => rule.at('target_label').text ?? [],
        ),
        ...config.at('static_configs').items.flatMap((target) => target.at('labels').entries.map(([name]) => name)),
      ]),
  ]);
  const monitored = platform
    .ofKind('ServiceMonitor', 'PodMonitor')
    .flatMap((monitor) =>
      [...monitor.at('spec', 'endpoints').items, ...monitor.at('spec', 'podMetricsEndpoints').items].flatMap(
        (endpoint) =>
          [...endpoint.at('relabelings').items, ...endpoint.at('metricRelabelings').items].flatMap(
            (rule) => rule.at('targetLabel').text ?? [],
          ),
      ),
    );
  return [...configured, ...monitored];
}
