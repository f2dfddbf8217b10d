import { describe, expect, it } from 'vitest';
import { PLATFORM } from '../../test/platform.ts';
import { staging } from '../environments/staging.ts';
import type { Environment } from './environment.ts';
import { platformProblems } from './problems.ts';
import type { ServiceSpec } from './service-spec.ts';

const SIZE = { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 64 };
const cache: ServiceSpec = {
  name: 'cache',
  description: 'Somebody else wrote it',
  image: 'registry.example.com/cache:1.0.0',
  ports: { http: 8080 },
  resources: { requests: SIZE, limits: SIZE },
};

const circle: Record<string, unknown> = {};
circle['again'] = circle;

/** With room for whatever the catalog holds. */
const roomy: Environment = { ...staging, budget: { ...staging.budget, nodes: 20 } };

/** What is said of a service beside the committed ones, without the place. */
function ofService(change: Readonly<Record<string, unknown>>, ...others: readonly ServiceSpec[]): string[] {
  const catalog = [...PLATFORM.catalog, ...others, { ...cache, ...change }];
  const problems = platformProblems({ ...PLATFORM, catalog, environments: [roomy] });
  return problems.map((problem) => problem.replace(/^(catalog\/cache|staging): /, ''));
}

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
      "ports.My_Port 'My_Port' is not the name of a port; use 1 to 15 lower-case letters, digits and single '-'",
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
      "probes.ready.http 'health' is not a path; begin it with '/', without spaces",
    ],
    ['a folder', { scratch: { '/': 1 } }, "scratch./ '/' is not a folder; give an absolute path such as /data"],
    ['whom it calls', { connections: ['redis'] }, "connections.0 is 'redis'; give it its fields"],
    [
      'a line break where people read one line',
      { description: 'a\nb' },
      "description 'a b' is not one line of text; write it without line breaks",
    ],
    [
      'a folder of the kernel',
      { scratch: { '/proc/x': 1 } },
      "scratch./proc/x '/proc/x' is not a folder; give an absolute path such as /data",
    ],
    [
      'a folder that leads up',
      { secretsDir: '/a/../b' },
      "secretsDir '/a/../b' is not a folder; give an absolute path such as /data",
    ],
    [
      'a key that is no file',
      { secrets: [{ name: 's', keys: [{ key: 'a/b', description: 'd' }] }] },
      "secrets.0.keys.0.key 'a/b' is not a key of a Secret; use letters, digits, '-', '_' and '.'",
    ],
    [
      'a pattern for the name of a data set',
      { connections: [{ to: 'redis', rights: { '* ~*': 'write' } }] },
      "connections.0.rights.* ~* '* ~*' is not the name of a data set; use letters, digits, '-' and '_'",
    ],
    [
      'a metric without its type',
      { metrics: { port: 'http', path: '/metrics', lines: ['x_total'] } },
      "metrics.lines.0 'x_total' is not a metric; write its name, its labels and its type, as in requests_total{code} counter",
    ],
    [
      'one pod without a reason',
      { singleton: 'because' },
      "singleton 'because' is not a time and a reason; write both, as in '2m: carts are lost with it'",
    ],
    [
      'an IPv6 network with bits behind its prefix',
      { connections: [{ addresses: [{ cidr: '2001:db8:0:1::1/62', ports: [443] }] }] },
      "connections.0.addresses.0.cidr '2001:db8:0:1::1/62' has bits set behind its prefix; did you mean '2001:db8::/62'?",
    ],
    ['a name that every object has', { name: 'constructor' }, expect.stringContaining("name 'constructor' is what")],
    [
      'what goes round in a circle',
      { env: { A: circle } },
      'env.A is <ref *1> { again: [Circular *1] }; give it a text',
    ],
    [
      'what leads to a port where there is none',
      { ports: {}, servicePort: 80, probes: { ready: { tcp: true } } },
      'it has probes and servicePort, but no port to lead to; give it ports',
    ],
    [
      'the folder of its secrets a second time',
      { scratch: { '/run/secrets/app': 1 }, secrets: [{ name: 's', keys: [{ key: 'k', description: 'd' }] }] },
      'the folder /run/secrets/app is given more than once; take one out, or join them',
    ],
    [
      'a function that throws',
      {
        env: () => {
          throw new Error('boom');
        },
      },
      "cache: env: the function throws 'boom'; let it return texts by variable",
    ],
    [
      'a function that returns no text',
      { env: () => ({ A: 1 }) },
      'cache: env: what the function returns: A is 1; give it a text',
    ],
    [
      'a variable of a function that a connection gives too',
      { env: () => ({ A: 'x' }), connections: [{ to: 'users', env: 'A' }] },
      "cache: the variable A is given by 'env' and by a connection; take one out",
    ],
    [
      'what a store has no use for',
      { connections: [{ to: 'redis', env: 'CACHE' }] },
      "cache: the connection to 'redis' has no use for 'env'; take it out",
    ],
    [
      'what a service has no use for',
      { connections: [{ to: 'users', rights: { users: 'write' } }] },
      "cache: the connection to 'users' has no use for 'rights'; take it out",
    ],
    [
      'a variable that the store gives',
      { env: { REDIS_URL: 'redis://elsewhere' }, connections: [{ to: 'redis' }] },
      "cache: env.REDIS_URL is given by the connection to 'redis', which would win; take it out",
    ],
    [
      'a variable that the store gives, and a function too',
      { env: () => ({ REDIS_URL: 'redis://elsewhere' }), connections: [{ to: 'redis' }] },
      "cache: env.REDIS_URL is given by the connection to 'redis', which would win; take it out",
    ],
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
    const twice = [
      'the port 80',
      'the folder /data',
      'the variable A',
      'the secret s',
      'the file of a secret k',
      'the connection to users',
    ];
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
