import { RE2JS } from 're2js';
import type { Field } from '../field.ts';
import type { Platform } from '../platform.ts';
import type { Workload } from '../workload.ts';
import { configFiles } from './rule-groups.ts';

/** A job of a Prometheus configuration that finds pods by discovery. */
export interface ScrapeJob {
  /** Whether a pod of this workload is among its targets, on any of its ports. */
  covers(workload: Workload): boolean;
}

/** The jobs in the configuration files of these namespaces that discover pods. */
export function scrapeJobs(platform: Platform, namespaces: readonly string[]): readonly ScrapeJob[] {
  return configFiles(platform)
    .filter(({ at }) => namespaces.includes(at.resource.namespace))
    .flatMap(({ at, content }) =>
      content.at('scrape_configs').items.flatMap((job) => discoveries(job).map((found) => read(job, found, at))),
    );
}

function discoveries(job: Field): readonly Field[] {
  return job.at('kubernetes_sd_configs').items.filter((found) => found.at('role').text === 'pod');
}

function read(job: Field, discovery: Field, { resource }: Field): ScrapeJob {
  const named = discovery.at('namespaces', 'names').items.map(({ text }) => text);
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
  const sources = rule.at('source_labels').items.flatMap(({ text }) => text ?? []);
  if (!sources.every((label) => KNOWN.test(label))) return true;
  const value = sources.map((label) => target[label] ?? '').join(rule.at('separator').text ?? ';');
  const matches = matchesWhole(rule.at('regex').scalar ?? '(.*)', value);
  return rule.at('action').text === 'keep' ? matches : !matches;
}

function matchesWhole(pattern: string, value: string): boolean {
  try {
    return RE2JS.compile(pattern, RE2JS.DOTALL).matches(value);
  } catch {
    return true;
  }
}
