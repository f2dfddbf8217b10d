import { describe, expect, it } from 'vitest';
import { ask } from './ask.ts';
import { judgeOfThisMachine } from './judge.ts';

const program = judgeOfThisMachine().judge?.program('1.34');
const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'cart', namespace: 'shop' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'cart' } },
    template: {
      metadata: { labels: { app: 'cart' } },
      spec: { containers: [{ name: 'cart', image: 'example.com/cart:1', resources: { requests: { cpu: '600m' } } }] },
    },
  },
});
const nodes = ['a', 'b'].map((name) => ({ name, zone: name, cpu: '1', memory: '1Gi' }));

function pendingOf(replicas: number): Readonly<Record<string, number>> {
  const objects = [{ object: deployment(replicas) }];
  const [reply] = ask(program ?? '', [{ ask: 'placement', objects, nodes, orders: 2 }]);
  return Object.fromEntries((reply?.scenarios ?? []).map(({ name, pending }) => [name, pending.length]));
}

describe.skipIf(program === undefined)('where the scheduler puts pods', () => {
  it('leaves what no node has room for, in a rollout and after a loss too', () => {
    expect(pendingOf(2)).toEqual({
      minimum: 0,
      maximum: 0,
      'worst order': 0,
      rollout: 1,
      'without node a': 1,
      'without node b': 1,
      'without zone a': 1,
      'without zone b': 1,
    });
  });

  it('counts what does not fit at all', () => {
    expect(pendingOf(5)['maximum']).toBe(3);
  });
});
