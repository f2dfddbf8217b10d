import { groupBy, oncePerPlatform } from '../../platform.ts';
import { analyse } from '../../promql/analyse.ts';
import { writtenRules } from '../../promql/expressions.ts';
import { faultsOf } from '../../promql/faults.ts';
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
      for (const { message, fix } of faultsOf(text)) yield { at, message: `${title}: ${message}`, fix };
    }
  },
};

const KINDS: Readonly<Record<string, string>> = {
  namespace: 'Namespace',
  deployment: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  horizontalpodautoscaler: 'HorizontalPodAutoscaler',
  persistentvolumeclaim: 'PersistentVolumeClaim',
  cronjob: 'CronJob',
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
      const { namespace } = at.resource;
      if (text === undefined || !platform.environmentOf(namespace) || !sourcesFor(platform, namespace)) continue;
      const told = new Set<string>();
      for (const { label, value = '' } of analyse(text).selectors.flatMap(({ matchers }) => matchers)) {
        const known = namesByKind(platform).get(KINDS[label] ?? '');
        if (value === '' || !known || known.has(value) || OF_THE_CLUSTER.includes(value) || told.has(value)) continue;
        told.add(value);
        const meant = suggest(value, [...known]);
        const fix = meant === undefined ? 'Name one that exists.' : `Did you mean ${meant}?`;
        yield { at, message: `${title} asks for ${label} ${value}, which does not exist`, fix };
      }
    }
  },
};

const OF_THE_CLUSTER = ['kube-system', 'default'];

const namesByKind = oncePerPlatform(
  ({ resources }): ReadonlyMap<string, ReadonlySet<string>> =>
    new Map(
      [...groupBy(resources, ({ kind }) => kind)].map(([kind, all]) => [kind, new Set(all.map(({ name }) => name))]),
    ),
);

export const firingRules: readonly Rule[] = [alertsFireAndResolve, labelValuesExist];
