import { expect, it } from 'vitest';
import { at, manifestsOf, theOnly } from '../../test/manifests.ts';
import { DisruptionBudget } from './disruption-budget.ts';
import { selectorLabels } from './labels.ts';

it('a disruption budget keeps pods of one workload through a drain, and lets those go that never became healthy', () => {
  const pods = selectorLabels('authors', 'quotes-test');
  const manifests = manifestsOf(
    (chart) => new DisruptionBudget(chart, 'budget', { name: 'authors', labels: { a: 'b' }, pods, minAvailable: 2 }),
  );
  const budget = theOnly(manifests, 'PodDisruptionBudget', 'authors');
  expect(at(budget, 'metadata.labels')).toEqual({ a: 'b' });
  expect(at(budget, 'spec')).toEqual({
    minAvailable: 2,
    selector: { matchLabels: pods },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
});
