import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quotes } from '../services/quotes.ts';
import type { ServiceSpec } from '../services/service.ts';
import { cycleProblems } from './cycles.ts';

/** Services by number, each with the numbers of those that it calls. */
function catalogOf(calls: readonly (readonly number[])[]): ServiceSpec[] {
  return calls.map((called, index) => ({ ...quotes, name: `s${index}`, calls: called.map((to) => `s${to}`) }) as never);
}

const told = (...names: string[]) => `catalog: the calls ${names.join(' -> ')} are a cycle; take one of them out`;

describe('a cycle of calls', () => {
  it('is told with every service on it', () => {
    expect(cycleProblems(catalogOf([[1], [2], [0]]))).toEqual([told('s0', 's1', 's2', 's0')]);
  });

  it('may be one service that calls itself', () => {
    expect(cycleProblems(catalogOf([[0]]))).toEqual([told('s0', 's0')]);
  });

  it('is told without the services that only lead to it', () => {
    expect(cycleProblems(catalogOf([[1], [2], [1]]))).toEqual([told('s1', 's2', 's1')]);
  });

  it('is told beside another', () => {
    expect(cycleProblems(catalogOf([[1], [0], [3], [2]]))).toEqual([told('s0', 's1', 's0'), told('s2', 's3', 's2')]);
  });

  it('is not where two ways lead to one service', () => {
    expect(cycleProblems(catalogOf([[1, 2], [3], [3], []]))).toEqual([]);
  });

  it('is looked for in linear time, however the calls fan out', () => {
    const layers = Array.from({ length: 60 }, (_, at) => (at < 58 ? [at + 2 - (at % 2), at + 3 - (at % 2)] : []));
    expect(cycleProblems(catalogOf(layers))).toEqual([]);
  });

  it('is found exactly where no order of the services puts every caller before what it calls', () => {
    const size = 6;
    const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 10 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const calls = Array.from({ length: size }, (_, from) => pairs.filter(([a]) => a === from).map(([, to]) => to));
        expect(cycleProblems(catalogOf(calls)).length > 0).toBe(!canBeOrdered(calls));
      }),
    );
  });
});

/** Takes away services that call nobody who is left, until none is left or none can go. */
function canBeOrdered(calls: readonly (readonly number[])[]): boolean {
  const left = new Set(calls.keys());
  const free = () => [...left].find((from) => !(calls[from] ?? []).some((to) => left.has(to)));
  for (let next = free(); next !== undefined; next = free()) left.delete(next);
  return left.size === 0;
}
