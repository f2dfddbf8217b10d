import { scaledBy } from '../../autoscaler.ts';
import type { Container, ResourceName } from '../../container.ts';
import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import { limitRangeDefaults } from '../../limit-range.ts';
import type { Platform } from '../../platform.ts';
import { containerFigure } from '../../pod-resources.ts';
import type { Rule } from '../../rule.ts';
import type { Workload } from '../../workload.ts';

export const autoscalerHasRequest: Rule = {
  id: 'autoscaler-has-request',
  title: 'What an autoscaler measures in percent is requested by every container that it measures',
  rationale:
    'Utilization is use divided by the request. Where one container has none, the autoscaler reports FailedGetResourceMetric and never scales.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work',
  *check(platform) {
    for (const autoscaler of platform.ofKind('HorizontalPodAutoscaler')) {
      const workload = scaledBy(platform, autoscaler);
      if (!workload) continue;
      for (const metric of autoscaler.at('spec', 'metrics').items) yield* missing(platform, workload, metric);
      const percent = autoscaler.at('spec', 'targetCPUUtilizationPercentage');
      if (percent.exists) yield* unrequested(platform, workload, percent, 'cpu', workload.running);
    }
  },
};

function* missing(platform: Platform, workload: Workload, metric: Field): Iterable<Problem> {
  const kind = metric.at('type').text;
  const source = metric.at(kind === 'ContainerResource' ? 'containerResource' : 'resource');
  const resource = source.at('name').text;
  if (resource !== 'cpu' && resource !== 'memory') return;
  const named = source.at('container').text;
  const measured =
    kind === 'ContainerResource' ? workload.running.filter(({ name }) => name === named) : workload.running;
  if (kind === 'ContainerResource' && measured.length === 0) {
    yield {
      at: source.at('container'),
      message: `measures container ${named}, which ${workload} does not have`,
      fix: `Name one of its containers: ${workload.running.map(({ name }) => name).join(', ')}.`,
    };
  }
  if (source.at('target', 'type').text !== 'Utilization') return;
  yield* unrequested(platform, workload, source, resource, measured);
}

function* unrequested(
  platform: Platform,
  workload: Workload,
  at: Field,
  resource: ResourceName,
  measured: readonly Container[],
): Iterable<Problem> {
  const defaults = limitRangeDefaults(platform, workload.namespace);
  for (const container of measured) {
    if (containerFigure(container, 'requests', resource, defaults) !== undefined) continue;
    yield {
      at,
      message: `aims at a share of the ${resource} request, but container ${container.name} of ${workload} requests none`,
      fix: `Give container ${container.name} resources.requests.${resource}.`,
    };
  }
}
