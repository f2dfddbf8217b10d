import type { Platform } from '../platform.ts';
import type { Resource } from '../resource.ts';
import { matchesSelector } from '../selector.ts';
import type { Workload } from '../workload.ts';

/** Whether the monitor looks for targets in a namespace. */
export function looksAt(monitor: Resource, namespace: string): boolean {
  const chosen = monitor.at('spec', 'namespaceSelector');
  const named = chosen.at('matchNames').items.map(({ text }) => text);
  if (chosen.at('any').flag === true) return true;
  return named.length > 0 ? named.includes(namespace) : namespace === monitor.namespace;
}

/** Whether the monitor, a ServiceMonitor or a PodMonitor, has the pods of a workload among its targets. */
export function monitors(platform: Platform, monitor: Resource, workload: Workload): boolean {
  const selector = monitor.at('spec', 'selector');
  if (!looksAt(monitor, workload.namespace)) return false;
  const ports = workload.running.flatMap((container) => container.ports.map(({ name }) => name));
  if (monitor.kind === 'PodMonitor') {
    const asked = monitor.at('spec', 'podMetricsEndpoints').items.map((endpoint) => endpoint.at('port').text);
    return (
      matchesSelector(selector, workload.labels) && asked.some((port) => port === undefined || ports.includes(port))
    );
  }
  return platform
    .ofKind('Service')
    .some(
      (service) =>
        service.namespace === workload.namespace &&
        matchesSelector(selector, service.labels) &&
        platform.selectedBy(service).includes(workload),
    );
}
