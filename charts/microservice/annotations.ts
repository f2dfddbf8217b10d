import { EXEMPTION_PREFIX, WORKLOAD } from '../../guardrails/annotations.ts';
import type { Plan } from '../plan/part.ts';
import { isSingleton, mainPortOf, namedConnections, type Objectives, type ServiceSpec } from '../plan/service-spec.ts';

/** What the guardrails want to know of a service beyond the Kubernetes API. */
export function workloadAnnotations(service: ServiceSpec, plan: Plan, calls: string): Record<string, string> {
  const { objectives, metrics, measured, exemptions = {}, singleton } = service;
  const held = namedConnections(service).filter(({ to }) => plan.offers.has(to));
  const stores = held.map(({ to }) => to).filter((name) => plan.offers.get(name)?.isStore === true);
  const counted = held.flatMap(({ to, perPod }) => (perPod === undefined ? [] : [`${to}=${perPod}`]));
  const endpoints = endpointsOf(service);
  return {
    [WORKLOAD.drain]: `${plan.environment.stopping.shutdownSeconds}s`,
    ...(objectives === undefined ? {} : { [WORKLOAD.objectives]: objectivesText(objectives) }),
    ...(metrics === undefined ? {} : { [WORKLOAD.metrics]: metrics.lines.join('\n') }),
    ...(measured === undefined ? {} : { [WORKLOAD.idleMemory]: `${measured.idleMemoryMiB}Mi` }),
    ...(endpoints === '' ? {} : { [WORKLOAD.endpoints]: endpoints }),
    ...(calls === '' ? {} : { [WORKLOAD.connectsTo]: calls }),
    ...(stores.length === 0 ? {} : { [WORKLOAD.stores]: stores.join(',') }),
    ...(counted.length === 0 ? {} : { [WORKLOAD.poolSizes]: counted.join(', ') }),
    ...(isSingleton(service)
      ? { [WORKLOAD.acceptedOutage]: singleton ?? '5m: one pod holds its volume, and it moves with it' }
      : {}),
    ...Object.fromEntries(Object.entries(exemptions).map(([rule, reason]) => [`${EXEMPTION_PREFIX}${rule}`, reason])),
  };
}

function objectivesText({ availabilityPercent, p95Seconds, p99Seconds }: Objectives): string {
  return `availability=${availabilityPercent}, p95=${p95Seconds}, p99=${p99Seconds}`;
}

/** What is known to answer, by port: metrics, probes, and what the specification lists. */
function endpointsOf(service: ServiceSpec): string {
  const { metrics, probes, paths = [], ports } = service;
  const main = mainPortOf(service);
  const byPort = new Map<number, Set<string>>();
  const add = (port: number | undefined, path: string) => {
    if (port !== undefined) byPort.set(port, (byPort.get(port) ?? new Set()).add(path));
  };
  if (metrics !== undefined) add(ports[metrics.port], metrics.path);
  const probed = probes?.port === undefined ? main?.number : ports[probes.port];
  for (const check of [probes?.live, probes?.ready])
    if (check !== undefined && 'http' in check) add(probed, check.http);
  for (const path of paths) add(main?.number, path);
  return [...byPort].map(([port, found]) => `${port}: ${[...found].join(' ')}`).join('\n');
}
