import type { Problem } from './finding.ts';
import { oncePerPlatform } from './memo.ts';
import type { Platform } from './platform.ts';
import { shapeOfKind } from './schema/schemas.ts';

/** Known custom resources for which an operator runs pods. */
const RUN_BY_OPERATORS = ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler', 'Gateway'];

/** The cluster's own pods, such as its DNS, run here. */
const OF_THE_CLUSTER = 'kube-system';

/**
 * A selector that selects none of the pods given: a note where pods that nobody gave may be meant, namely those of the cluster itself and those that an
 * operator runs for a custom resource in the namespace. Where the environment declares itself, everything is given.
 */
export function unlessOthersRunPods(platform: Platform, problem: Problem): Problem {
  const { namespace } = problem.at.resource;
  if (platform.environmentOf(namespace)) return problem;
  return namespace === OF_THE_CLUSTER || withOperators(platform).has(namespace)
    ? { ...problem, severity: 'note', fix: `${problem.fix} If an operator runs these pods, nothing is wrong.` }
    : problem;
}

const withOperators = oncePerPlatform(
  (platform) =>
    new Set(
      platform.resources
        .filter(
          ({ apiVersion, kind }) => RUN_BY_OPERATORS.includes(kind) || shapeOfKind(apiVersion, kind) === undefined,
        )
        .map(({ namespace }) => namespace),
    ),
);
