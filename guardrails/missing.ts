import type { Field } from './field.ts';
import { oncePerPlatform, type Platform } from './platform.ts';
import type { Problem } from './rule.ts';
import { definitionOf } from './schema/api.ts';
import { didYouMean, suggest } from './suggest.ts';

/** What a field refers to. */
export interface Reference {
  readonly at: Field;
  readonly kind: string;
  /** Empty for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
}

/** Kinds that an operator makes objects of. */
const MADE = ['ConfigMap', 'Service', 'ServiceAccount', 'PersistentVolumeClaim'];

/**
 * The problem with a reference that leads nowhere, with the name that was probably meant. Where an environment declares itself, all of it is given.
 * Elsewhere a platform without a single object of the kind in the namespace is taken for a part of something larger, and one with an operator's own
 * resources for one in which the operator makes the rest.
 */
export function missing(platform: Platform, { at, kind, namespace, name }: Reference): Problem {
  const names = platform.inNamespace(kind, namespace).map((other) => other.name);
  const isSlip = suggest(name, names) !== undefined;
  const isPart = names.length === 0 || (MADE.includes(kind) && hasOperator(platform, namespace));
  const [where, inIt] = namespace === '' ? ['', ''] : [` in namespace ${namespace}`, ' in it'];
  const known = names.length === 0 ? `none${inIt}` : names.slice(0, 8).join(', ');
  const fix = didYouMean(name, names, `Name one that exists, or add ${kind} ${name}.`);
  const message = `${kind} ${name} does not exist${where}: there is ${known}`;
  return { at, message, fix, elsewhere: !isSlip && isPart ? 'note' : 'error' };
}

/** For things that are often brought by somebody else (secrets, issuers, classes): elsewhere only a name that is a slip away is a fault. */
export function missingUnlessBrought(platform: Platform, reference: Reference): Problem {
  const problem = missing(platform, reference);
  return problem.fix.startsWith('Did you mean') ? problem : { ...problem, elsewhere: 'note' };
}

/** Known custom resources for which an operator runs pods. */
const RUN_BY_OPERATORS =
  /\/(Prometheus|PrometheusAgent|Alertmanager|ThanosRuler|KedaController|IstioOperator|ContourDeployment)$|^gateway\.networking\.k8s\.io\/\w+\/Gateway$/;

/** Custom resources that only say something about pods and Services of others. */
const WITHOUT_PODS =
  /^([\w.-]+\.)?(istio\.io|keda\.sh|projectcontour\.io|kyverno\.io|traefik\.io|linkerd\.io|autoscaling\.k8s\.io|bitnami\.com)\/|\/(Rollout|AnalysisTemplate)$/;

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

/** Whether the namespace holds an operator or custom resources, for which an operator runs pods and makes objects. */
export function hasOperator(platform: Platform, namespace: string): boolean {
  return withOperators(platform).has(namespace);
}

/** Labels of a domain of their own (`longhorn.io/component`) are given to pods by the controller of that domain. */
function isSetByController({ at }: Problem): boolean {
  const keys = [...at.entries, ...at.at('matchLabels').entries].map(([key]) => key);
  return keys.some((key) => key.includes('/') && !/(^|\.)(kubernetes\.io|k8s\.io|helm\.sh)\//.test(key));
}

const withOperators = oncePerPlatform(({ resources }) => {
  const custom = resources.filter(
    ({ apiVersion, kind, name }) =>
      RUN_BY_OPERATORS.test(`${apiVersion}/${kind}`) ||
      (definitionOf(apiVersion, kind) === undefined && !WITHOUT_PODS.test(`${apiVersion}/${kind}`)) ||
      (kind === 'Deployment' && /(^|-)operator(-|$)/.test(name)),
  );
  return new Set(custom.map(({ namespace }) => namespace));
});
