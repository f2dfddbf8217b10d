import { describe, expect, it } from 'vitest';
import { PLATFORM, without } from '../../test/platform.ts';
import { front } from '../services/front.ts';
import { quotes } from '../services/quotes.ts';
import type { ServiceSpec } from '../services/service.ts';
import { users } from '../services/users.ts';
import { platformProblems } from './platform-checks.ts';

/** Those of the catalog alone, wherever it would run. */
function problemsOf(...catalog: readonly ServiceSpec[]): string[] {
  return platformProblems({ catalog, environments: [] }).filter((problem) => !problem.startsWith('environments:'));
}

/** A name or an edge that the compiler would refuse. */
function unchecked(
  spec: Omit<ServiceSpec, 'name' | 'calls'> & { name: string; calls: readonly string[] },
): ServiceSpec {
  return spec as ServiceSpec;
}

/** The quotes with something changed; alone they hold together. */
function changed(change: Partial<ServiceSpec>): string[] {
  return problemsOf({ ...quotes, ...change });
}

describe('the committed catalog', () => {
  it('holds together', () => {
    expect(platformProblems(PLATFORM)).toEqual([]);
  });
});

describe('a wrong catalog is told', () => {
  it('when it is empty', () => {
    expect(problemsOf()).toEqual(['catalog: it holds no service; add one in charts/catalog.ts']);
  });

  it('when two services have one name', () => {
    expect(problemsOf(quotes, { ...users, name: 'quotes' })).toEqual([
      "catalog: 2 services are named 'quotes'; rename all but one",
    ]);
  });

  it('when two services want one public path', () => {
    expect(problemsOf(quotes, { ...users, publicPaths: ['/quotes'] })).toEqual([
      "catalog: the public path '/quotes' leads to quotes and users; give it to one of them",
    ]);
  });

  it.each(['Quotes', 'quotes_api', '-quotes', 'quotes-', 'a.b', '', 'q'.repeat(64)])(
    'when the name %j is no DNS label',
    (name) => {
      expect(problemsOf(unchecked({ ...quotes, name }))).toEqual([
        `catalog/${name}: the name '${name}' is not a DNS label; use 1 to 63 lower-case letters, digits and '-', ` +
          'with a letter or digit at both ends',
      ]);
    },
  );

  it.each(['redis', 'redis-sentinel'])("when the name %j is the store's", (name) => {
    expect(problemsOf(unchecked({ ...quotes, name, calls: [] }))).toEqual([
      `catalog/${name}: the name '${name}' belongs to the store 'redis' and its parts; choose another`,
    ]);
  });

  it.each(['overview', 'capacity'])('when the name %j is that of a dashboard', (name) => {
    expect(problemsOf(unchecked({ ...quotes, name }))).toEqual([
      `catalog/${name}: the name '${name}' belongs to a dashboard of the whole platform; choose another`,
    ]);
  });

  it('when a name begins with a digit, which no Service may', () => {
    expect(problemsOf(unchecked({ ...quotes, name: '2quotes' }))).toEqual([
      "catalog/2quotes: the name '2quotes' begins with a digit, which the name of a Service may not; begin it with a letter",
    ]);
  });

  it('when a service names a callee twice', () => {
    expect(changed({ calls: ['redis', 'redis'] })).toEqual([
      "catalog/quotes: calls names 'redis' more than once; name it once",
    ]);
  });

  it('when a service calls what is not there, with the name that was meant', () => {
    expect(problemsOf(quotes, unchecked({ ...users, calls: ['qoutes'] }))).toEqual([
      "catalog/users: calls 'qoutes', which is neither a service nor a store (quotes, users, redis); did you mean 'quotes'?",
    ]);
  });

  it('without a guess when nothing is near', () => {
    expect(problemsOf(unchecked({ ...quotes, calls: ['postgres'] }))).toEqual([
      "catalog/quotes: calls 'postgres', which is neither a service nor a store (quotes, redis)",
    ]);
  });

  it('when the contract has no name for the address of a called service', () => {
    expect(problemsOf({ ...front, calls: [] }, { ...users, calls: ['front'] })).toEqual([
      "catalog/users: calls 'front', for whose address the contract has no name; add it to URL_ENV in app/contract.ts",
    ]);
  });

  it.each(['quotes', '/Quotes', '/quotes?x', '/q*', '/quotes/', '//', ''])('when %j is no path prefix', (path) => {
    expect(changed({ publicPaths: [path] })).toEqual([
      `catalog/quotes: the public path '${path}' is no path prefix; use '/', or words such as in /quotes`,
    ]);
  });

  it("when a public path hides one of the front's pages", () => {
    expect(changed({ publicPaths: ['/browse'] })).toEqual([
      "catalog/quotes: the public path '/browse' hides the front's page of that name; choose another, as /quotes is one",
    ]);
  });

  it('when an objective is no bucket of the histogram', () => {
    expect(changed({ objectives: { availabilityPercent: 99.9, p95Seconds: 0.4, p99Seconds: 1 } })).toEqual([
      'catalog/quotes: objectives.p95Seconds 0.4 is no bucket of the duration histogram; ' +
        'choose one of 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10',
    ]);
  });

  it('when the slowest requests are promised to be faster than the rest', () => {
    expect(changed({ objectives: { availabilityPercent: 99.9, p95Seconds: 1, p99Seconds: 0.5 } })).toEqual([
      'catalog/quotes: objectives.p95Seconds 1 is above p99Seconds 0.5; swap or change them',
    ]);
  });

  it.each([0, 100, -1, 101])('when an availability of %d %% leaves no error budget', (availabilityPercent) => {
    expect(changed({ objectives: { availabilityPercent, p95Seconds: 0.5, p99Seconds: 1 } })).toEqual([
      `catalog/quotes: objectives.availabilityPercent ${availabilityPercent} leaves no error budget; ` +
        'choose one above 0 and below 100',
    ]);
  });

  it.each([0, -1, Infinity])('when a measured figure is %d', (cpuMillisAtPromise) => {
    expect(changed({ measured: { cpuMillisAtPromise, idleMemoryMiB: 72 } })).toEqual([
      `catalog/quotes: measured.cpuMillisAtPromise is ${cpuMillisAtPromise}; give it a number above 0`,
    ]);
  });

  it('when a service of Redis holds no connection to it', () => {
    expect(changed({ redisConnections: 0 })).toEqual([
      'catalog/quotes: redisConnections is 0; give it a number above 0',
    ]);
  });

  it.each(Object.keys(quotes) as (keyof ServiceSpec)[])('when the field %s is missing', (field) => {
    const name = field === 'name' ? undefined : 'quotes';
    expect(problemsOf(without<ServiceSpec>(quotes, field))).toEqual([
      `catalog/${name}: ${field} is missing (undefined); give it a value`,
    ]);
  });

  it('when a measured figure is missing or no number', () => {
    expect(changed({ measured: without(quotes.measured, 'idleMemoryMiB') })).toEqual([
      'catalog/quotes: measured.idleMemoryMiB is missing (undefined); give it a value',
    ]);
    expect(changed({ measured: { ...quotes.measured, idleMemoryMiB: Number.NaN } })).toEqual([
      'catalog/quotes: measured.idleMemoryMiB is missing (NaN); give it a value',
    ]);
  });

  it('with every problem of every service at once', () => {
    const problems = problemsOf(
      unchecked({ ...quotes, name: 'Quotes', calls: ['rediss'] }),
      { ...users, startupSeconds: 0 },
      without<ServiceSpec>(front, 'measured'),
    );
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      ...['catalog/front', 'catalog/Quotes', 'catalog/Quotes', 'catalog/users'],
    ]);
  });
});
