import { describe, expect, it } from 'vitest';
import { without } from '../../test/platform.ts';
import { catalog } from '../catalog.ts';
import { dev } from '../environments/dev.ts';
import type { Environment } from '../environments/environment.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import { quotes } from '../services/quotes.ts';
import { environmentProblems } from './environment-checks.ts';
import { platformProblems } from './platform-checks.ts';

function changed(change: Partial<Environment>): string[] {
  return environmentProblems({ ...production, ...change }, catalog);
}

describe('a wrong environment is told', () => {
  it.each(Object.keys(production) as (keyof Environment)[])('when the field %s is missing', (field) => {
    const name = field === 'name' ? undefined : 'production';
    expect(environmentProblems(without(production, field), catalog)).toEqual([
      `${name}: ${field} is missing (undefined); give it a value`,
    ]);
  });

  it('when a size is missing', () => {
    const { requests, limits } = production.resources;
    expect(changed({ resources: { requests, limits: without(limits, 'memoryMiB') } })).toEqual([
      'production: resources.limits.memoryMiB is missing (undefined); give it a value',
    ]);
    expect(changed({ sizing: { users: { floor: Number.NaN } } })).toEqual([
      'production: sizing.users.floor is missing (NaN); give it a value',
    ]);
  });

  it('when a field of the chosen kind is missing, or the kind is unknown', () => {
    const scaling = { kind: 'fixed' } as never;
    expect(changed({ scaling })).toEqual(['production: scaling.replicas is missing (undefined); give it a value']);
    expect(changed({ monitoring: { kind: 'of' } as never })).toEqual([
      "production: monitoring.kind 'of' is unknown; choose one of off, standalone, operator",
    ]);
  });

  it.each(['Quotes', 'quotes_production', 'a.b', ''])('when the namespace %j is no DNS label', (namespace) => {
    expect(changed({ namespace })).toEqual([
      `production: namespace '${namespace}' is not a DNS label; use 1 to 63 lower-case letters, digits and '-', ` +
        'with a letter or digit at both ends',
    ]);
  });

  it.each(['quotes..com', 'Quotes.example.com', 'https://quotes.example.com', '*.example.com', ''])(
    'when the host %j is no DNS name',
    (host) => {
      expect(changed({ edge: { ...production.edge, host } })).toEqual([
        `production: edge.host '${host}' is not a DNS name; use DNS labels joined by '.', for example quotes.example.com`,
      ]);
    },
  );

  it("when Traefik's middlewares are asked of another controller", () => {
    expect(changed({ edge: { ...production.edge, className: 'nginx' } })).toEqual([
      "production: edge.middlewares are Traefik's, but edge.className is 'nginx'; set middlewares to false or use traefik",
    ]);
  });

  it('when a rate limit is given that nothing would apply', () => {
    expect(changed({ edge: { ...production.edge, middlewares: false, className: 'nginx' } })).toEqual([
      'production: edge.rateLimit is given, but edge.middlewares is false and nothing would apply it; use null or true',
    ]);
  });

  it.each([
    [{ drainSeconds: 30, shutdownSeconds: 30, graceSeconds: 60 }, 'drain 30 s < shutdown 30 s < grace 60 s'],
    [{ drainSeconds: 10, shutdownSeconds: 60, graceSeconds: 60 }, 'drain 10 s < shutdown 60 s < grace 60 s'],
  ])('when a pod would be killed before it has drained: %o', (stopping, chain) => {
    expect(changed({ stopping })).toEqual([
      `production: stopping: ${chain} does not hold; a pod would be killed before it has drained: raise the later or lower the earlier`,
    ]);
  });

  it.each(['', 'latest'])('when the tag %j names no one image', (tag) => {
    expect(changed({ release: { tag, digest: null } })).toEqual([
      `production: release.tag '${tag}' names no one image; give the exact tag that was pushed`,
    ]);
  });

  it('when the digest is none', () => {
    expect(changed({ release: { tag: '1.0.0', digest: 'sha256:abc' } })).toEqual([
      "production: release.digest 'sha256:abc' is not sha256: and 64 hexadecimal digits; copy it from the push",
    ]);
  });

  it('when it sizes a service that is not there, with the name that was meant', () => {
    expect(changed({ sizing: { serach: { floor: 4 } } as never })).toEqual([
      "production: sizing names 'serach', which is no service (front, users, quotes, search); did you mean 'search'?",
    ]);
  });

  it('when a literal secret has no value', () => {
    const given = Object.fromEntries(['users', 'quotes', 'search'].map((name) => [`redis-${name}-password`, 'x']));
    const secrets = { kind: 'literal', values: { ...given, 'redis-admin-password': '' } } as const;
    expect(environmentProblems({ ...dev, secrets }, catalog)).toEqual([
      "dev: secrets.values['admin-key'] is missing (opens writes and the whole of /users); give it a value",
      expect.stringMatching(/^dev: secrets\.values\['redis-admin-password'\] is missing \(.+\); give it a value$/),
    ]);
  });

  it('when what it may ask for does not fit its nodes, with the arithmetic and the ceiling to lower', () => {
    const budget = { ...production.budget, nodes: 3 };
    const [problem] = changed({ budget });
    expect(problem).toMatch(/^production: CPU requests at the peak are \d+m \(front 26 x 1000m \+ /);
    expect(problem).toMatch(/3 nodes of 7800m give 23400m; lower the ceiling of front \(20\) or add nodes$/);
  });

  it('with the service, when the trouble is with one', () => {
    expect(changed({ sizing: { users: { floor: 25 } } })).toEqual([
      "production/users: autoscaler floor 25 is above its ceiling 20; lower 'floor' or raise 'ceiling'",
    ]);
  });

  it('once with the services that it hits, when the trouble is the environment', () => {
    expect(changed({ minAvailable: 3 })).toEqual([
      "production/front, users, quotes, search: minAvailable 3 of 3 pods forbids every drain; lower 'minAvailable' below the floor",
    ]);
    const many = Array.from({ length: 7 }, (_, index) => ({ ...quotes, name: `s${index}` as 'quotes' }));
    expect(environmentProblems({ ...production, minAvailable: 3 }, many)[0]).toMatch(
      /^production\/s0, s1, s2, s3, s4 and 2 more: minAvailable 3 of 3 pods/,
    );
  });

  it('with every problem at once', () => {
    const problems = changed({
      namespace: 'Production',
      edge: { ...production.edge, host: '-', nodePort: 80 },
      sizing: { users: { floor: 25 }, quotes: { ceiling: 0.5 } },
    });
    expect(problems.map((problem) => problem.replace(/ is .*| '.*/, ''))).toEqual([
      ...['production: edge.nodePort', 'production: namespace', 'production: edge.host'],
      ...['production/users: autoscaler floor 25', 'production/quotes: the ceiling 0.5'],
    ]);
  });
});

describe('environments that would meet in one cluster are told', () => {
  it('when they share a name, a namespace, a host', () => {
    expect(platformProblems({ catalog, environments: [production, production] })).toEqual([
      "environments production and production share name 'production'; give each its own",
      "environments production and production share namespace 'quotes-production'; give each its own",
      "environments production and production share edge.host 'quotes.example.com'; give each its own",
    ]);
  });

  it('and so is a platform without any', () => {
    expect(platformProblems({ catalog, environments: [] })).toEqual([
      'environments: there is none; list one in charts/environments/all.ts',
    ]);
  });

  it('when they share a node port', () => {
    const withPort = { ...staging, edge: { ...staging.edge, nodePort: 30080 } };
    expect(platformProblems({ catalog, environments: [dev, withPort, production] })).toEqual([
      "environments dev and staging share edge.nodePort '30080'; give each its own",
    ]);
  });

  it('with the problems of the catalog and of each of them', () => {
    const [first, ...rest] = catalog;
    const broken = { ...first, startupSeconds: -1 } as (typeof catalog)[number];
    const problems = platformProblems({
      catalog: [broken, ...rest],
      environments: [without(dev, 'budget'), { ...staging, namespace: 'X' }],
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['catalog/front:', 'dev:', 'staging:']);
  });
});
