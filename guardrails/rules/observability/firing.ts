import type { Field } from '../../field.ts';
import type { Problem } from '../../finding.ts';
import type { Platform } from '../../platform.ts';
import type { Comparison, Selector } from '../../promql/analyse.ts';
import { analyse } from '../../promql/analyse.ts';
import { writtenRules } from '../../promql/expressions.ts';
import { sourcesFor } from '../../promql/sources.ts';
import type { Rule } from '../../rule.ts';
import { suggest } from '../../suggest.ts';

const alertsFireAndResolve: Rule = {
  id: 'alerts-fire-and-resolve',
  title: 'Every alert can fire, and can end',
  rationale:
    'A threshold that the metric cannot reach is an alert that never comes; one that always holds is switched off within a day.',
  docs: 'https://prometheus.io/docs/practices/alerting/',
  *check(platform) {
    for (const { at, rule, title } of writtenRules(platform)) {
      const text = rule.at('expr').scalar;
      if (text === undefined || !rule.at('alert').exists) continue;
      for (const comparison of analyse(text).comparisons) {
        const problem = outOfRange(comparison);
        if (problem) yield { at, message: `${title}: ${problem.message}`, fix: problem.fix };
      }
    }
  },
};

type Said = Pick<Problem, 'message' | 'fix'> | undefined;

/** What a metric can be, by its name: the bounds that its definition gives it. */
const BOUNDS: readonly (readonly [RegExp, number, number])[] = [
  [/^(up|probe_success|pg_up|mysql_up|redis_up|kube_\w{1,60}_status_condition|kube_pod_status_(phase|ready))$/, 0, 1],
  [/_(percent|percentage)$/, 0, 100],
  [/_(total|count|bucket|bytes|seconds)$/, 0, Number.POSITIVE_INFINITY],
];

function outOfRange({ operator, threshold, left, selectors }: Comparison): Said {
  const [selector, ...others] = selectors;
  const bounds = BOUNDS.find(([name]) => name.test(selector?.metric ?? ''));
  if (!selector || others.length > 0 || !bounds || !keepsRange(left, selector)) return undefined;
  const [, least, most] = bounds;
  const range = `${selector.metric} is ${most === Number.POSITIVE_INFINITY ? `never below ${least}` : `between ${least} and ${most}`}`;
  const above = operator.startsWith('>');
  const strict = operator.length === 1;
  const never = above
    ? threshold > most || (strict && threshold === most)
    : threshold < least || (strict && threshold === least);
  const always = above
    ? threshold < least || (!strict && threshold === least)
    : threshold > most || (!strict && threshold === most);
  if (never)
    return {
      message: `never fires: ${range}, never ${operator} ${threshold}`,
      fix: 'Compare with a value that it reaches.',
    };
  return always
    ? { message: `never ends: ${range}, always ${operator} ${threshold}`, fix: 'Compare with a value that it passes.' }
    : undefined;
}

const RANGE_KEEPING = /^(avg|min|max|quantile)(_over_time)?$|^last_over_time$/;

/** Whether what is compared has the bounds of its metric: the metric itself, or an average, minimum or maximum of it. */
function keepsRange(left: string, { metric = '' }: Selector): boolean {
  const bare = left.replace(/\{[^{}]*\}|\[[^[\]]*\]/g, '').replace(/\b(by|without) ?\([^()]*\)/g, '');
  const words = bare.match(/[A-Za-z_:][\w:]*/g) ?? [];
  return !/[-+*/%^<>=]/.test(bare) && words.every((word) => word === metric || RANGE_KEEPING.test(word));
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  namespace: ['Namespace'],
  deployment: ['Deployment'],
  statefulset: ['StatefulSet'],
  daemonset: ['DaemonSet'],
  horizontalpodautoscaler: ['HorizontalPodAutoscaler'],
  persistentvolumeclaim: ['PersistentVolumeClaim'],
  cronjob: ['CronJob'],
};

/** Quiet where nothing declares its metrics, and for objects of a kind of which none is given. */
const labelValuesExist: Rule = {
  id: 'label-values-exist',
  title: 'Every object that an alert asks for by its label exists',
  rationale:
    'A series of an object that does not exist is empty: the alert never fires, and one about its absence never ends.',
  docs: 'https://prometheus.io/docs/concepts/data_model/',
  *check(platform) {
    for (const { at, rule, title } of writtenRules(platform)) {
      const text = rule.at('expr').scalar;
      if (text === undefined || !sourcesFor(platform, at.resource.namespace)) continue;
      const told = new Set<string>();
      for (const { label, value = '' } of analyse(text).selectors.flatMap(({ matchers }) => matchers)) {
        const known = namesOf(platform, at, KINDS[label] ?? []);
        if (value === '' || known.length === 0 || known.includes(value) || told.has(value)) continue;
        told.add(value);
        const meant = suggest(value, known);
        const fix = meant === undefined ? 'Name one that exists.' : `Did you mean ${meant}?`;
        yield { at, message: `${title} asks for ${label} ${value}, which does not exist`, fix };
      }
    }
  },
};

function namesOf(platform: Platform, at: Field, kinds: readonly string[]): readonly string[] {
  const names = platform.ofKind(...kinds).map(({ name }) => name);
  return names.length === 0 || !platform.environmentOf(at.resource.namespace)
    ? []
    : [...names, 'kube-system', 'default'];
}

export const firingRules: readonly Rule[] = [alertsFireAndResolve, labelValuesExist];
