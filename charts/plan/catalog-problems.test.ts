import { describe, expect, it } from 'vitest';
import { PLATFORM, serviceOf, without } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { environmentProblems, platformProblems } from './problems.ts';
import type { ServiceSpec } from './service-spec.ts';

const quotes = serviceOf('quotes');
const search = serviceOf('search');

/** Those of a catalog alone, wherever it would run. */
function inCatalog(...catalog: readonly ServiceSpec[]): string[] {
  const problems = platformProblems({ ...PLATFORM, catalog, environments: [] });
  return problems.filter((problem) => !problem.startsWith('environments:'));
}

const changedService = (change: Partial<ServiceSpec>) => inCatalog({ ...quotes, ...change });

describe('a wrong catalog is told', () => {
  it('when it is empty, and when there is no environment', () => {
    expect(platformProblems({ ...PLATFORM, catalog: [], environments: [] })).toEqual([
      'catalog: it holds no service; add one in charts/catalog.ts',
      'environments: there is none; list one in charts/environments/all.ts',
    ]);
  });

  it('when two services have one name, or one route', () => {
    expect(inCatalog(quotes, { ...search, name: 'quotes', routes: [] })).toEqual([
      "catalog: 2 services are named 'quotes'; rename all but one",
    ]);
    expect(inCatalog(quotes, { ...search, routes: ['/quotes'], paths: ['/quotes'] })).toEqual([
      "catalog: the route '/quotes' leads to quotes and search; give it to one of them",
    ]);
  });

  it.each(['Quotes', 'quotes_api', '-quotes', 'quotes-', 'a.b', '', 'q'.repeat(64)])(
    'when the name %j is not a DNS label',
    (name) => {
      expect(changedService({ name })).toEqual([
        `catalog/${name}: name '${name}' is not a DNS label; use 1 to 63 lower-case letters, digits and '-', with a letter or digit at both ends`,
      ]);
    },
  );

  it('when a name belongs to a dashboard of the platform, or to a part', () => {
    expect(changedService({ name: 'capacity' })[0]).toContain("the name 'capacity' belongs to a dashboard");
    for (const name of ['redis', 'redis-sentinel']) {
      const catalog = [...PLATFORM.catalog, { ...search, name, routes: [], connections: [] }];
      expect(environmentProblems({ ...PLATFORM, catalog }, production)).toContain(
        `production: ${name}: the name '${name}' belongs to the part 'redis'; choose another`,
      );
    }
  });

  it('when it connects to nobody, with the name that was meant', () => {
    const connections = [{ to: 'redos' }, { to: 'moon', optional: true }];
    const catalog = PLATFORM.catalog.map((service) =>
      service.name === 'search' ? { ...service, connections } : service,
    );
    expect(environmentProblems({ ...PLATFORM, catalog }, production)).toEqual([
      expect.stringMatching(
        /^production: search: connects to 'redos', which is neither a service nor offered by a part \(.*\); name one of these, or take it out; did you mean 'redis'\?$/,
      ),
    ]);
  });

  it('when connections go round in a circle', () => {
    const ring = (name: string, to: string): ServiceSpec => ({ ...search, name, routes: [], connections: [{ to }] });
    expect(inCatalog(ring('a', 'b'), ring('b', 'c'), ring('c', 'a'))).toEqual([
      'catalog: the connections a -> b -> c -> a are a cycle; take one of them out',
    ]);
  });

  it('when a route is not a path, is not served, or hides a page', () => {
    expect(changedService({ routes: ['quotes'] })[0]).toContain("routes.0 'quotes' is not a path prefix");
    expect(changedService({ routes: ['/qotes'] })[0]).toContain("the route '/qotes' is not among its paths (");
    const home = { ...serviceOf('front'), paths: ['/', '/browse'] };
    expect(inCatalog(home, { ...search, routes: ['/browse'], paths: ['/browse/all'] })).toEqual([
      "catalog/search: the route '/browse' hides a page of front below it; choose another",
    ]);
  });

  it.each([0.999, 0, 100, 120])('when an availability of %d is not a percentage', (availabilityPercent) => {
    const objectives = { availabilityPercent, p95Seconds: 0.5, p99Seconds: 1 };
    expect(changedService({ objectives })).toEqual([
      `catalog/quotes: objectives.availabilityPercent is ${availabilityPercent}, which is not a percentage with an error budget; give one from 50 to below 100, as in 99.9`,
    ]);
  });

  it('when an image names no one image, or a port is not its own', () => {
    expect(changedService({ image: 'registry.example.com/quotes:latest' })[0]).toContain('names no one image');
    expect(changedService({ image: 'registry.example.com/quotes' })[0]).toContain('names no one image');
    const metrics = { port: 'metrics', path: '/metrics', lines: ['up{} gauge'] };
    expect(changedService({ metrics })).toEqual([
      "catalog/quotes: metrics.port 'metrics' is not one of its ports (http, admin); name one of them",
    ]);
    expect(changedService({ probes: { ready: { http: '/readyz', port: 'self' } } })).toEqual([
      "catalog/quotes: probes.ready.port 'self' is not one of its ports (http, admin); name one of them",
    ]);
  });

  it('with every problem at once, of fields that the compiler would refuse too', () => {
    const wrong = {
      ...without(quotes, 'description'),
      measured: { cpuMillisPer1000: '200', idleMemoryMiB: 71 },
      replicas: 3,
    };
    expect(inCatalog(wrong as never)).toEqual([
      'catalog/quotes: description is missing; give it a value',
      "catalog/quotes: measured.cpuMillisPer1000 is '200'; give it a number, without quotes or a unit",
      expect.stringMatching(/^catalog\/quotes: replicas is not a field that is known here/),
    ]);
  });
});
