import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { production } from '../environments/production.ts';
import { staging } from '../environments/staging.ts';
import type { Environment } from './environment.ts';
import { previewOf } from './preview.ts';
import { environmentProblems, platformProblems } from './problems.ts';
import type { ServiceSpec } from './service-spec.ts';

const SIZE = { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 64 };
const cache: ServiceSpec = {
  name: 'cache',
  description: 'Somebody else wrote it',
  image: 'registry.example.com/cache:1.0.0',
  ports: { http: 8080 },
  resources: { requests: SIZE, limits: SIZE },
};

/** What plain JavaScript or a cast lets through. */
const cast = (value: unknown) => value as never;

/** With room for whatever the catalog holds. */
const roomy: Environment = { ...staging, budget: { ...staging.budget, nodes: 20 } };

/** What is said of a service beside the committed ones, without the place. */
function ofService(change: Readonly<Record<string, unknown>>, ...others: readonly ServiceSpec[]): string[] {
  const catalog = [...PLATFORM.catalog, ...others, { ...cache, ...change }];
  const problems = platformProblems({ ...PLATFORM, catalog, environments: [roomy] });
  return problems.map((problem) => problem.replace(/^(catalog\/cache|staging): /, ''));
}

const ofProduction = (change: Readonly<Record<string, unknown>>) =>
  environmentProblems(PLATFORM, { ...production, ...change }).map((problem) => problem.replace(/^production: /, ''));

const window = (change: Readonly<Record<string, unknown>>) => ({
  sync: { ...production.sync, windows: [{ ...production.sync.windows[0], ...change }] },
});

describe('a mistake in a service is named with its place, what was given, and what to do', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['a list without an item', { secrets: [{ name: 's', keys: [] }] }, 'secrets.0.keys is empty; give it at least one'],
    [
      'a port without a number',
      { ports: { http: '80' } },
      "ports.http is '80'; give it a number, without quotes or a unit",
    ],
    [
      'a port above the last',
      { ports: { http: 70_000 } },
      'ports.http is 70000; give it a whole number from 1 to 65535',
    ],
    [
      'the name of a port',
      { ports: { My_Port: 80 } },
      "ports.My_Port 'My_Port' is not the name of a port; use 1 to 15 lower-case letters, digits and '-'",
    ],
    [
      'half a core',
      { resources: { requests: { ...SIZE, cpuMillis: 0.5 }, limits: SIZE } },
      'resources.requests.cpuMillis is 0.5; give it a whole number of at least 1',
    ],
    [
      'a quantity',
      { resources: { requests: SIZE, limits: { ...SIZE, memoryMiB: '1 Gi' } } },
      "resources.limits.memoryMiB is '1 Gi'; give it a number, without quotes or a unit",
    ],
    [
      'what is not a number',
      { measured: { cpuMillisPer1000: Number.NaN, idleMemoryMiB: 1 } },
      'measured.cpuMillisPer1000 is NaN; give it a number, without quotes or a unit',
    ],
    ['the value of a variable', { env: { PORT: 8080 } }, 'env.PORT is 8080; give it a text'],
    [
      'the name of a variable',
      { env: { 'MY-VAR': 'x' } },
      "env.MY-VAR 'MY-VAR' is not the name of a variable; use letters, digits, '_' and '.'",
    ],
    [
      'the path of a probe',
      { probes: { ready: { http: 'health' } } },
      "probes.ready.http 'health' is not a path; begin it with '/'",
    ],
    ['a folder', { scratch: { '/': 1 } }, "scratch./ '/' is not a folder; give an absolute path such as /data"],
    ['whom it calls', { connections: ['redis'] }, "connections.0 is 'redis'; give it its fields"],
    [
      'an image in capitals',
      { image: 'Traefik/whoami:v1' },
      "image 'Traefik/whoami:v1' names no one image; give its exact tag, and never latest",
    ],
  ])('%s', (_, change, problem) => {
    expect(ofService(change)).toEqual([problem]);
  });

  it('but not a variable as other programs name theirs', () => {
    expect(ofService({ env: { 'discovery.type': 'single-node', Logging__Level: 'debug' } })).toEqual([]);
  });

  it('a field of another name, with the one that was meant', () => {
    expect(ofService({ rotues: ['/cache'] })).toEqual([
      "rotues is not a field that is known here; did you mean 'routes'?",
    ]);
    expect(ofService({ connections: [{ to: 'redis', rihgts: {} }] })[0]).toMatch(
      /^connections\.0\.rihgts .*'rights'\?$/,
    );
    expect(ofService({ replicas: 3 })[0]).toMatch(/known here; take it out, or choose one of name, description, /);
    expect(ofService({ min: 3 })[0]).not.toContain('did you mean');
  });

  it('what stands twice', () => {
    const problems = ofService({
      ports: { http: 80, admin: 80 },
      env: { A: 'x' },
      scratch: { '/data': 1 },
      volume: { path: '/data', sizeGi: 1 },
      secrets: [1, 2].map(() => ({ name: 's', keys: [{ key: 'k', description: 'd' }] })),
      connections: [{ to: 'users', env: 'A' }, { to: 'users' }],
    });
    const twice = ['the port 80', 'the folder /data', 'the variable A', 'the secret s', 'the connection to users'];
    expect(problems).toEqual(twice.map((what) => `${what} is given more than once; take one out, or join them`));
  });

  it('a call of what has no port', () => {
    const worker: ServiceSpec = { ...cache, name: 'worker', ports: {} };
    expect(ofService({ connections: [{ to: 'worker', env: 'WORKER_URL' }] }, worker)).toEqual([
      "connects to 'worker', which has no port to be called on; give it ports, or take the connection out",
    ]);
  });

  it('a name that a label or a dashboard cannot carry', () => {
    expect(ofService({ name: 'v'.repeat(53), volume: { path: '/data', sizeGi: 1 } })[0]).toContain(
      'at most 52 characters',
    );
    expect(ofService({ name: 'w'.repeat(40) })).toContainEqual(
      expect.stringContaining('Grafana takes 40 characters at most'),
    );
    expect(ofService({ name: 'pod' })[0]).toContain("the name 'pod' belongs to a dashboard");
  });
});

describe('a mistake in an environment is named with its place, what was given, and what to do', () => {
  const edge = (host: string) => ({ edge: { ...production.edge, host } });
  const notHost = (host: string) =>
    `edge.host '${host}' is not a DNS name; use DNS labels joined by '.', for example shop.example.com`;

  it.each(['https://shop.example.com', 'shop.example.com:8080', 'Shop.example.com', '*.example.com', '10.0.0.1', ''])(
    'the host %j',
    (host) => {
      expect(ofProduction(edge(host))).toEqual([notHost(host)]);
    },
  );

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a schedule that never comes',
      window({ schedule: '0 0 30 2 *' }),
      "sync.windows.0.schedule '0 0 30 2 *' never comes; give five fields, as in '17 2 * * *'",
    ],
    [
      'a sign that Kubernetes does not know',
      window({ schedule: '0 0 L * *' }),
      "sync.windows.0.schedule '0 0 L * *' is not a cron expression; give five fields, as in '17 2 * * *'",
    ],
    [
      'a Sunday that Kubernetes counts as 0',
      window({ schedule: '0 7 * * 1,7' }),
      "sync.windows.0.schedule '0 7 * * 1,7' is not a cron expression; give five fields, as in '17 2 * * *'",
    ],
    [
      'a time zone in small letters',
      window({ timeZone: 'europe/paris' }),
      "sync.windows.0.timeZone 'europe/paris' is not a time zone; did you mean 'Europe/Paris'?",
    ],
    [
      'a duration in words',
      window({ duration: '2 days' }),
      "sync.windows.0.duration '2 days' is not a duration; give one like 15m, 8h or 1h30m",
    ],
    [
      'where logs are taken',
      { telemetry: { logs: { url: 'http://logs', page: 'http://logs', at: 'logs' } } },
      "telemetry.logs.at is 'logs'; give it a list",
    ],
    [
      'the name of a file beside it',
      { name: 'argocd' },
      "argocd: the name 'argocd' belongs to another file of dist/addons/; choose another",
    ],
    [
      "the cluster's own namespace",
      { namespace: 'kube-system' },
      "namespace 'kube-system' is the cluster's own, and what is said here would hold for everything in it; choose another",
    ],
    [
      'an address without a host',
      { sync: { ...production.sync, server: 'https://' } },
      "sync.server 'https://' is not an https:// address; what travels there must be encrypted",
    ],
    [
      'a revision with a space',
      { sync: { ...production.sync, revision: 'main branch' } },
      "sync.revision 'main branch' is empty or has spaces; give it the name alone",
    ],
    [
      'more seconds than the API server can count',
      { rollout: { ...production.rollout, progressDeadlineSeconds: 1e15 } },
      'rollout.progressDeadlineSeconds is 1000000000000000; give it a whole number from 1 to 2147483647',
    ],
    [
      'what no label can have for a value',
      { edge: { ...production.edge, controller: { namespace: 'traefik', podLabels: { app: 'a proxy' } } } },
      "edge.controller.podLabels.app 'a proxy' is not the value of a label",
    ],
    [
      'fewer than no pod',
      { sizing: { users: { minReplicas: -1 } } },
      'sizing.users.minReplicas is -1; give it a whole number of at least 1',
    ],
  ])('%s', (_, change, problem) => {
    expect(ofProduction(change)).toEqual([problem]);
  });

  it.each(['v1+build', '_1', '1.0-', 'latest'])('the tag %s', (tag) => {
    const problem = `release.tag '${tag}' names no one image; give the exact tag that was pushed, which begins and ends with a letter or digit as a label does`;
    expect(ofProduction({ release: { tag, digest: null } })).toEqual([problem]);
  });

  it('days on which a schedule may come, by name', () => {
    for (const schedule of ['0 0 * * WED', '0 0 1 JUL *', '0 7 1 * *', '0 7,8 * * */7'])
      expect(ofProduction(window({ schedule }))).toEqual([]);
  });

  it('a namespace whose monitoring would have too long a name', () => {
    const namespace = 'n'.repeat(53);
    expect(ofProduction({ namespace })[0]).toContain(`its monitoring is in '${namespace}-monitoring'`);
    expect(ofProduction({ namespace: 'n'.repeat(52) })).toEqual([]);
  });

  it('replicas for what is one pod everywhere', () => {
    const catalog = [...PLATFORM.catalog, { ...cache, singleton: '2m: what it holds is made again' }];
    const sized: Environment = { ...production, sizing: { cache: { minReplicas: 3 } } };
    expect(environmentProblems({ ...PLATFORM, catalog }, sized)).toEqual([
      "production/cache: there is one pod of it everywhere, so that replicas in 'sizing' change nothing; take them out",
    ]);
  });

  it('a preview of a change whose name is none', () => {
    const preview = previewOf(staging, 'PR_42');
    expect(environmentProblems(PLATFORM, preview)).toEqual([
      expect.stringContaining("PR_42: name 'PR_42' is not a DNS label"),
      expect.stringContaining('is not a DNS label'),
      expect.stringContaining("edge.host 'PR_42."),
    ]);
    expect(environmentProblems(PLATFORM, previewOf(staging, 'x'.repeat(60)))[0]).toContain('use 1 to 63');
  });

  it('everything at once', () => {
    expect(
      ofProduction({ promisedRate: 0, seed: cast('yes'), logLevel: cast('loud'), minAvailable: cast('50%') }),
    ).toEqual([
      "logLevel is 'loud'; choose one of debug, info, warn, error",
      "seed is 'yes'; write true or false",
      'promisedRate is 0; give it a number above 0',
      "minAvailable is '50%'; give it a number, without quotes or a unit",
    ]);
  });
});
