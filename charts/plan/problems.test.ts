import { describe, expect, it } from 'vitest';
import { PLATFORM, serviceOf, without } from '../../test/platform.ts';
import { dev } from '../environments/dev.ts';
import { production } from '../environments/production.ts';
import type { AutoScaling, Environment, StandaloneMonitoring } from './environment.ts';
import { environmentProblems, platformProblems } from './problems.ts';
import type { ServiceSpec } from './service-spec.ts';

const quotes = serviceOf('quotes');
const search = serviceOf('search');
const monitoring = production.monitoring as StandaloneMonitoring;
const scaling = production.scaling as AutoScaling;

/** Those of a catalog alone, wherever it would run. */
function inCatalog(...catalog: readonly ServiceSpec[]): string[] {
  const problems = platformProblems({ ...PLATFORM, catalog, environments: [] });
  return problems.filter((problem) => !problem.startsWith('environments:'));
}

/** What plain JavaScript or a cast lets through. */
const cast = (value: unknown) => value as never;
const changedService = (change: Partial<ServiceSpec>) => inCatalog({ ...quotes, ...change });
const changed = (change: Partial<Environment>) => environmentProblems(PLATFORM, { ...production, ...change });

it('nothing is wrong with the committed platform', () => {
  expect(platformProblems(PLATFORM)).toEqual([]);
});

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
    expect(inCatalog(cast(wrong))).toEqual([
      'catalog/quotes: description is missing; give it a value',
      "catalog/quotes: measured.cpuMillisPer1000 is '200'; give it a number, without quotes or a unit",
      expect.stringMatching(/^catalog\/quotes: replicas is not a field that is known here/),
    ]);
  });
});

describe('a wrong environment is told', () => {
  const required = Object.keys(production).filter((field) => !['name', 'promotion', 'redis'].includes(field));
  it.each(required as (keyof Environment)[])('when the field %s is missing', (field) => {
    expect(environmentProblems(PLATFORM, without<Environment>(production, field))).toEqual([
      `production: ${field} is missing; give it a value`,
    ]);
  });

  it('when a kind or a word is unknown', () => {
    expect(changed({ monitoring: cast({ kind: 'of' }) })).toEqual([
      "production: monitoring.kind 'of' is unknown; choose one of off, standalone, operator; did you mean 'off'?",
    ]);
    expect(changed({ logLevel: cast('inof') })).toEqual([
      "production: logLevel is 'inof'; choose one of debug, info, warn, error; did you mean 'info'?",
    ]);
  });

  it.each<[string, Partial<Environment>, string]>([
    ['a host', { edge: { ...production.edge, host: 'https://x' } }, "edge.host 'https://x' is not a DNS name;"],
    ['a tag', { release: { tag: 'latest', digest: null } }, "release.tag 'latest' names no one image;"],
    ['a version', { kubernetesVersion: '1.2' }, "kubernetesVersion '1.2' is not a version that is supported;"],
    [
      'a percentage',
      { scaling: { ...scaling, cpuPercent: 170 } },
      'scaling.cpuPercent is 170; give it a whole number from 1 to 100',
    ],
    [
      'a surge',
      { rollout: { ...production.rollout, surgePercent: 0 } },
      'rollout.surgePercent is 0; give it a whole number from 1 to 100',
    ],
    [
      'a mail address',
      { monitoring: { ...monitoring, mail: { ...monitoring.mail, sender: 'alerts@' } } },
      "monitoring.mail.sender 'alerts@' is not a mail address; give one like oncall@example.com",
    ],
    [
      'nobody to wake up',
      { monitoring: { ...monitoring, mail: { ...monitoring.mail, page: [] } } },
      'monitoring.mail.page is empty: nobody would be woken up; give an address',
    ],
    [
      'the address of a collector',
      { telemetry: { traces: { url: 'store.logs:9428', at: [{ cidr: '192.0.2.7/32', ports: [9428] }] } } },
      "telemetry.traces.url 'store.logs:9428' is not an address; give one like https://grafana.example.com",
    ],
    [
      'an address with a password',
      { telemetry: { traces: { url: 'http://me:pw@store', at: [{ cidr: '192.0.2.7/32', ports: [80] }] } } },
      "telemetry.traces.url 'http://me:pw@store' is not an address; give one like https://grafana.example.com",
    ],
    [
      'a time zone',
      { sync: { ...production.sync, windows: [{ ...window(), timeZone: 'Paris' }] } },
      "sync.windows.0.timeZone 'Paris' is not a time zone; give a name like Europe/Paris or Etc/UTC",
    ],
    [
      'a schedule',
      { sync: { ...production.sync, windows: [{ ...window(), schedule: '0 16 * *' }] } },
      "sync.windows.0.schedule '0 16 * *' is not a cron expression;",
    ],
  ])('when %s is wrong', (_, change, problem) => {
    expect(changed(change)).toEqual([expect.stringContaining(`production: ${problem}`)]);
  });

  it.each([
    ['0.0.0.0/0', 'is every address there is; give the network that is called'],
    ['10.0.0.1/8', "has bits set behind its prefix; did you mean '10.0.0.0/8'?"],
    ['10.0.0.1', "has no prefix from /1 to /32; did you mean '10.0.0.1/32', the one address?"],
    ['example.com', 'is not a CIDR; give an address and the length of its prefix, as in 10.0.0.0/8'],
  ])('when the CIDR %s opens too much, or nothing', (cidr, problem) => {
    expect(changed({ monitoring: { ...monitoring, apiServer: [{ cidr, ports: [443] }] } })).toEqual([
      `production: monitoring.apiServer.0.cidr '${cidr}' ${problem}`,
    ]);
  });

  it('when a wide network is opened without a reason', () => {
    const to = (cidr: string, because?: string) =>
      changed({ monitoring: { ...monitoring, apiServer: [{ cidr, ports: [443], ...(because && { because }) }] } });
    expect(to('10.0.0.0/8')).toEqual([
      "production: monitoring.apiServer.0 opens 10.0.0.0/8, which is wider than /16; narrow it, or say in 'because' why it cannot be",
    ]);
    expect(to('fd00::/8').join()).toContain('wider than /48');
    for (const narrow of [to('10.1.0.0/16'), to('10.0.0.0/8', 'nobody knows yet')]) expect(narrow).toEqual([]);
  });

  it('when a pod would be killed before it has drained', () => {
    const stopping = { drainSeconds: 10, shutdownSeconds: 60, graceSeconds: 60 };
    expect(changed({ stopping })[0]).toContain('drain 10 s < shutdown 60 s < grace 60 s does not hold');
  });

  it('when sizes contradict each other, once for all services that they hit', () => {
    expect(changed({ minAvailable: 3 })).toEqual([
      expect.stringMatching(
        /^production\/\w+, \w+, \w+, \w+.*: minAvailable 3 of 3 pods forbids every drain; lower 'minAvailable' below the minimum of replicas$/,
      ),
    ]);
    expect(changed({ sizing: { users: { minReplicas: 25 } } })).toEqual([
      'production/users: minReplicas 25 is above maxReplicas 20; lower the first or raise the second',
    ]);
    expect(changed({ sizing: { user: { minReplicas: 4 } } })[0]).toContain("did you mean 'users'?");
  });

  it('when what it may ask for does not fit its nodes', () => {
    const budget = { ...production.budget, cpuMillisPerNode: 1_000 };
    expect(changed({ budget })[0]).toMatch(/^production: CPU requests at the peak are \d+m/);
  });

  it('when values of secrets in git would open something', () => {
    expect(environmentProblems(PLATFORM, { ...dev, edge: production.edge })[0]).toMatch(
      /but edge\.tls has an issuer; use external secrets$/,
    );
  });

  it('when it shares with another what a cluster has once', () => {
    expect(platformProblems({ ...PLATFORM, environments: [dev, { ...dev, name: 'copy' }] })).toEqual([
      `environments dev and copy share namespace '${dev.namespace}'; give each its own`,
      `environments dev and copy share edge.host '${dev.edge.host}'; give each its own`,
      `environments dev and copy share edge.nodePort '${dev.edge.nodePort}'; give each its own`,
    ]);
  });
});

function window() {
  const [first] = production.sync.windows;
  if (first === undefined) throw new Error('production has a window');
  return first;
}
