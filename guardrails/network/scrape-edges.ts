import { WORKLOAD } from '../annotations.ts';
import { configFiles } from '../config-text.ts';
import type { Platform } from '../platform.ts';
import type { Workload } from '../workload.ts';
import type { Edge } from './edge.ts';
import type { TransportPort } from './endpoint.ts';
import { podOf } from './read-network.ts';

/** From what scrapes by discovery (a file with `scrape_configs`) to what says that it has metrics, in the namespaces that are discovered. */
export function scrapeEdges(platform: Platform): readonly Edge[] {
  return platform.workloads.flatMap((scraper) => {
    const file = configFiles(platform, scraper).find(
      ({ text }) => /^[ \t]*scrape_configs:/m.test(text) && /kubernetes_sd_configs:/.test(text),
    );
    const from = podOf(platform, scraper);
    if (!file || !from) return [];
    const targets = platform.workloads.filter(
      (workload) => isDiscovered(file.text, workload) && metricsPorts(workload).length > 0,
    );
    return targets.flatMap((target) => {
      const to = podOf(platform, target);
      return to && target !== scraper
        ? [{ from, to, ports: metricsPorts(target), at: file.at, by: 'its scrape_configs' }]
        : [];
    });
  });
}

/** Whether the discovery covers a namespace: it names it, or names none. */
function isDiscovered(config: string, workload: Workload): boolean {
  const names = [...config.matchAll(/namespaces:[ \t]*\n[ \t]*names:[ \t]*\n((?:[ \t]*-[ \t]*\S+[ \t]*\n)+)/g)].flatMap(
    ([, list = '']) => [...list.matchAll(/-\s*["']?([\w-]+)/g)].map(([, name]) => name),
  );
  return names.length === 0 || names.includes(workload.namespace);
}

/** The ports on which a workload serves metrics, as its annotations say. */
function metricsPorts(workload: Workload): readonly TransportPort[] {
  const said = [workload.template.at('metadata', 'annotations').texts, workload.resource.annotations];
  const scraped = said.find((annotations) => annotations['prometheus.io/scrape'] === 'true');
  const lines = (workload.resource.annotations[WORKLOAD.endpoints] ?? '').split('\n');
  const serving = lines.filter((line) => /\s\/metrics\b/.test(line)).map((line) => Number.parseInt(line, 10));
  const declared = workload.resource.annotations[WORKLOAD.metrics] !== undefined || serving.length > 0;
  if (!scraped && !declared) return [];
  const port = Number(scraped?.['prometheus.io/port']);
  if (port > 0) return [{ protocol: 'TCP', number: port }];
  const known = workload.running.flatMap(({ ports }) => ports);
  const named = known.filter(({ name }) => name === 'metrics' || name === 'admin' || name?.endsWith('-metrics'));
  const numbers = serving.length > 0 ? serving : (named.length > 0 ? named : known).map(({ number }) => number);
  return numbers.flatMap((number) => (number === undefined ? [] : [{ protocol: 'TCP', number }]));
}
