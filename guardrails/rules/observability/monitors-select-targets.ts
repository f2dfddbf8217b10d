import type { Field } from '../../field.ts';
import type { Platform } from '../../platform.ts';
import { looksAt } from '../../promql/monitors.ts';
import type { Resource } from '../../resource.ts';
import type { Rule } from '../../rule.ts';
import { formatLabels, matchesSelector } from '../../selector.ts';

/** Quiet where none of the workloads that the monitor looks at is given. */
export const monitorsSelectTargets: Rule = {
  id: 'monitors-select-targets',
  title: 'Every ServiceMonitor and PodMonitor selects something that has the port it scrapes',
  rationale: 'Prometheus has no target and says nothing: the absence of alerts is taken for health.',
  severity: 'error',
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
