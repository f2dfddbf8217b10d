import { describe, expect, it } from 'vitest';
import { analyse } from './analyse.ts';

describe('a PromQL expression', () => {
  it('tells its metrics, matchers and groupings', () => {
    const { errorAt, selectors, groupings } = analyse(
      'sum by (route, le) (rate(http_requests_total{status=~"5..", method="GET"}[5m]))',
    );
    expect(errorAt).toBeUndefined();
    expect(selectors).toEqual([
      {
        metric: 'http_requests_total',
        matchers: [
          { label: 'status', value: undefined },
          { label: 'method', value: 'GET' },
        ],
      },
    ]);
    expect(groupings).toEqual(['route', 'le']);
  });

  it('finds the metric that __name__ matches', () => {
    expect(analyse('{__name__="up", job="a"}').selectors).toEqual([
      { metric: 'up', matchers: [{ label: 'job', value: 'a' }] },
    ]);
  });

  it('tells what is compared with which number', () => {
    const { comparisons } = analyse('(rate(a[5m]) > 0.5) and on (x) b <= 3 unless c == 1');
    expect(
      comparisons.map(({ operator, threshold, selectors }) => [operator, threshold, selectors[0]?.metric]),
    ).toEqual([
      ['>', 0.5, 'a'],
      ['<=', 3, 'b'],
    ]);
  });

  it.each([
    'rate(a[$__rate_interval])',
    'rate(a{x="$y"}[$window])',
    'a > $limit',
    'topk($n, a)',
    'sum by (a) (b) / ignoring(c) group_left(d) e',
    'a offset 5m',
    'max_over_time(a[1h:5m])',
  ])('parses %s', (text) => {
    expect(analyse(text).errorAt).toBeUndefined();
  });

  it.each(['', 'sum(', 'rate(a[5m]', 'a{b=c}', 'a > > b', 'a b'])('refuses %j', (text) => {
    expect(analyse(text).errorAt).toBeTypeOf('number');
  });
});
