import { describe, expect, it } from 'vitest';
import { checkPlatform } from '../engine.ts';
import { readText } from '../input/parse.ts';
import { allRules } from '../registry.ts';
import { analyse, formOf } from './analyse.ts';
import { faultsOf } from './faults.ts';

describe('a PromQL expression', () => {
  it('tells its metrics, matchers and groupings', () => {
    const { errorAt, selectors, groupings } = analyse(
      'sum by (route, le) (rate(http_requests_total{status=~"5..", method="GET"}[5m]))',
    );
    expect(errorAt).toBeUndefined();
    expect(selectors).toMatchObject([
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
    expect(analyse('{__name__="up", job="a"}').selectors).toMatchObject([
      { metric: 'up', matchers: [{ label: 'job', value: 'a' }] },
    ]);
  });

  it.each(['a{x="1", y=~"2"}', "a{x='1', y=~'2'}", 'a{x=`1`, y=~`2`}'])('reads the values of %s', (text) => {
    const [selector] = analyse(text).selectors;
    expect(selector?.matchers).toMatchObject([
      { label: 'x', value: '1' },
      { label: 'y', value: undefined },
    ]);
  });

  it('keeps expressions apart that differ in a value only, where a number is compared too', () => {
    const values = ['a{x="one"} > 1', 'a{x="two"} > 1'].map((text) => analyse(text).comparisons[0]?.selectors[0]);
    expect(values.map((selector) => selector?.matchers[0]?.value)).toEqual(['one', 'two']);
  });

  it('is given its form in time that grows with its length, however many texts are quoted', () => {
    const quoted = Array.from({ length: 50_000 }, (_, index) => `"${index}"`);
    const started = process.cpuUsage().user;
    expect(formOf([...quoted, ...quoted].join()).texts).toEqual(quoted);
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(1000);
  });

  it.each([
    [400, false],
    [2_000, true],
    [60_000, true],
  ])('says whether a chain of %d operands is too deep to be looked into: %s', (length, isDeep) => {
    const chain = Array.from({ length }, (_, index) => `up{a="${index}"}`).join(' + ');
    expect(analyse(chain)).toMatchObject({ errorAt: undefined, isDeep });
  });

  it.each([
    ['without the judge', undefined],
    ['beside the judge', { program: () => '/nowhere/judge' }],
  ])('is said to be too deep to be looked into, %s', (_where, judge) => {
    const expr = Array.from({ length: 2_000 }, (_, index) => `up{a="${index}"}`).join(' + ');
    const spec = { groups: [{ name: 'a', rules: [{ record: 'a:b', expr }] }] };
    const rule = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'a' }, spec };
    const rules = allRules().filter(({ id }) => id === 'expressions-parse');
    expect(checkPlatform([readText('a.yaml', JSON.stringify(rule))], { judge, rules })).toMatchObject([
      { severity: 'note', message: 'rule a:b: the expression has too many operands and was not looked into' },
    ]);
  });

  it.each([651, 2_000])('reads a chain of %d operands, and where the last one is wrong', (length) => {
    const chain = Array.from({ length }, (_, index) => `up{a!="${index}"}`).join(' + ');
    expect(analyse(`${chain} > 0`).selectors).toHaveLength(length);
    expect(analyse(`${chain} > 0`).comparisons).toHaveLength(1);
    expect(faultsOf(`${chain} > 0`)).toEqual([]);
    expect(analyse(`${chain} + (`).errorAt).toBeGreaterThan(chain.length);
    expect(
      analyse(
        Array(20 * length)
          .fill('up')
          .join(' or '),
      ).errorAt,
    ).toBeUndefined();
  });

  it('does not take what is quoted for grammar', () => {
    expect(analyse('label_replace(up, "to", "$1 > sum(", "from", "(.*)\\"")').errorAt).toBeUndefined();
    expect(analyse('up{a="b"} + up{c="d}').errorAt).toBeGreaterThan(9);
  });

  it('tells what is compared with which number', () => {
    const { comparisons } = analyse('(rate(a[5m]) > 0.5) and on (x) b <= 3 unless c == 1');
    expect(
      comparisons.map(({ operator, threshold, selectors }) => [operator, threshold, selectors[0]?.metric]),
    ).toEqual([
      ['>', 0.5, 'a'],
      ['<=', 3, 'b'],
      ['==', 1, 'c'],
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
