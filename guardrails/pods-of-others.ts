import type { Problem } from './finding.ts';
import { oncePerPlatform } from './memo.ts';
import type { Platform } from './platform.ts';
import { definitionOf } from './schema/api.ts';

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
  const isPartial = platform.workloadsIn(namespace).length === 0 && platform.workloads.length === 0;
  return namespace === OF_THE_CLUSTER || isPartial || hasOperator(platform, namespace) || isSetByController(problem)
    ? { ...problem, severity: 'note', fix: `${problem.fix} If an operator runs these pods, nothing is wrong.` }
    : problem;
}

/** Whether the namespace holds custom resources, for which an operator runs pods and makes objects. */
export function hasOperator(platform: Platform, namespace: string): boolean {
  return withOperators(platform).has(namespace);
}

/** Labels of a domain of their own (`longhorn.io/component`) are given to pods by the controller of that domain. */
function isSetByController({ at }: Problem): boolean {
  const keys = [...at.entries, ...at.at('matchLabels').entries].map(([key]) => key);
  return keys.some((key) => key.includes('/') && !/(^|\.)(kubernetes\.io|k8s\.io|helm\.sh)\//.test(key));
}

const withOperators = oncePerPlatform(
  (platform) =>
    new Set(
      platform.resources
        .filter(
          ({ apiVersion, kind }) => RUN_BY_OPERATORS.includes(kind) || definitionOf(apiVersion, kind) === undefined,
        )
        .map(({ namespace }) => namespace),
    ),
);
