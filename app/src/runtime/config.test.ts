import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { urlsOf } from '../../../test/run-app.ts';
import { SERVICE_NEEDS, SERVICES } from '../../contract.ts';
import { ConfigError, type Environment, readConfig } from './config.ts';

const QUOTES = { SERVICE: 'quotes', ENVIRONMENT: 'dev', DEFAULT_SECRETS: 'true', REDIS_URL: 'redis://localhost:6379' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('takes the ports of the contract where none are given', () => {
    const config = readConfig(QUOTES);
    expect(config.httpPort).toBe(5000);
    expect(config.adminPort).toBe(8080);
    expect(config.redis?.target).toEqual({ kind: 'standalone', url: 'redis://localhost:6379' });
    expect(config.redis).toMatchObject({ acknowledgement: { kind: 'none', replicas: 0 }, readReplicas: 0 });
  });

  it('reports every problem at once, with the key, the value and the way out', () => {
    const problems = problemsOf({
      SERVICE: 'quotes',
      ENVIRONMENT: 'Prod 1',
      HTTP_PORT: '70000',
      REDIS_WAIT_REPLICAS: 'two',
      REDIS_SENTINELS: 'a:1:2',
      PUBLIC_URL: 'quotes.example.org',
    });
    expect(problems).toEqual([
      "ENVIRONMENT: given 'Prod 1', must be a name of lower-case letters, digits and -",
      "HTTP_PORT: given '70000', must be a whole number from 0 to 65535",
      "REDIS_WAIT_REPLICAS: given 'two', must be a whole number from 0 to 10",
      "PUBLIC_URL: given 'quotes.example.org', must be an address like http://quotes:80, without a user, a query or a fragment",
      'REDIS_SENTINEL_PRIMARY: is missing; give the name under which the Sentinels watch the primary',
      "REDIS_SENTINELS: given 'a:1:2', which is not host:port; write for example redis-0.redis:26379",
      expect.stringContaining('ADMIN_KEY: is missing or shorter than 16 characters'),
    ]);
  });

  it('says what a service is when none is named', () => {
    expect(problemsOf({})).toContain(`SERVICE: is missing; must be one of ${SERVICES.join(', ')}`);
  });

  it('has no default for the admin key where none is allowed, whatever the environment is called', () => {
    const env = { ...QUOTES, DEFAULT_SECRETS: 'false' };
    expect(problemsOf(env)).toHaveLength(1);
    expect(problemsOf({ ...env, ADMIN_KEY: 'short' })).toHaveLength(1);
    expect(problemsOf({ ...env, ADMIN_KEY: 'long enough to be a key' })).toEqual([]);
    expect(problemsOf({ ...env, SECRETS_DIR: '/secrets' })).toEqual([]);
  });

  it('asks the front for the addresses that it calls', () => {
    const env = { SERVICE: 'front', ENVIRONMENT: 'dev', REDIS_URL: 'redis://redis:6379/0' };
    const { QUOTES_URL: _, SEARCH_URL: __, ...urls } = urlsOf('front');
    expect(problemsOf({ ...env, ...urls })).toEqual([
      'QUOTES_URL: is missing; give the base URL, like http://quotes',
      'SEARCH_URL: is missing; give the base URL, like http://quotes',
    ]);
  });

  it('cuts the slash at the end of a base URL', () => {
    const slashes: Readonly<Record<string, string>> = { users: '/', search: '//' };
    const urls = urlsOf('front', (name) => `http://${name}${slashes[name] ?? ''}`);
    const { urls: read } = readConfig({
      SERVICE: 'front',
      ENVIRONMENT: 'dev',
      REDIS_URL: 'redis://redis:6379/0',
      ...urls,
    });
    expect(read).toEqual(Object.fromEntries(SERVICE_NEEDS.front.calls.map((name) => [name, `http://${name}`])));
  });

  it.each(['http://quotes?x=1', 'http://quotes/#x', 'http://quotes:0', 'ftp://quotes', '//q'])(
    'refuses an address that no path can be put behind, or that cannot be called: %s',
    (url) => {
      expect(problemsOf({ ...QUOTES, QUOTES_URL: url })).toEqual([
        `QUOTES_URL: given '${url}', must be an address like http://quotes:80, without a user, a query or a fragment`,
      ]);
    },
  );

  it('takes the address of a log store with a query, and none that could not be called as it stands', () => {
    expect(problemsOf({ ...QUOTES, LOGS_URL: 'http://store:9428/insert?_msg_field=msg' })).toEqual([]);
    for (const url of ['store:9428', 'ftp://store', 'http://user@store', 'http://store#x'])
      expect(problemsOf({ ...QUOTES, LOGS_URL: url })).toMatchObject([
        expect.stringContaining('must be an address like http://store:9428/insert, without a user or a fragment'),
      ]);
  });

  it.each([1, 25, 514, 2049, 6000, 6697, 10080])(
    'refuses a log store on port %i, where fetch sends nothing',
    async (port) => {
      await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
      expect(problemsOf({ ...QUOTES, LOGS_URL: `http://store:${port}/insert` })).toEqual([
        `LOGS_URL: given 'http://store:${port}/insert', must have another port: nothing is sent to this one, which belongs to another protocol`,
      ]);
    },
  );

  it('shows no password of an address that it refuses', () => {
    expect(problemsOf({ ...QUOTES, QUOTES_URL: 'http://user:p@ss@quotes' })).toEqual([
      "QUOTES_URL: given 'http://...@quotes', must be an address like http://quotes:80, without a user, a query or a fragment",
    ]);
  });

  it('refuses a title that nobody could see, and a port that leads nowhere', () => {
    expect(problemsOf({ ...QUOTES, FRONT_TITLE: ' \u200b ' })).toEqual([
      "FRONT_TITLE: given ' \u200b ', must not be empty",
    ]);
    expect(problemsOf({ ...QUOTES, REDIS_URL: 'redis://redis:0' })).toHaveLength(1);
    expect(problemsOf({ ...QUOTES, REDIS_URL: '', REDIS_HOST: 'redis', REDIS_PORT: '0' })).toHaveLength(1);
  });

  it('refuses two kinds of Redis at once, and none', () => {
    const both = { ...QUOTES, REDIS_CLUSTER_NODES: 'a:1' };
    expect(problemsOf(both)).toEqual([
      'REDIS_URL, REDIS_HOST, REDIS_SENTINELS, REDIS_CLUSTER_NODES: REDIS_URL and REDIS_CLUSTER_NODES are set; set exactly one of them',
    ]);
    expect(problemsOf({ ...QUOTES, REDIS_URL: '' })).toEqual([
      'REDIS_URL, REDIS_HOST, REDIS_SENTINELS, REDIS_CLUSTER_NODES: none is set; set exactly one of them',
    ]);
  });

  it('takes host and port of Redis in place of its URL', () => {
    const target = (env: Environment) => readConfig({ ...QUOTES, REDIS_URL: '', ...env }).redis?.target;
    expect(target({ REDIS_HOST: 'redis' })).toEqual({ kind: 'standalone', url: 'redis://redis:6379/0' });
    expect(target({ REDIS_HOST: '::1', REDIS_PORT: '7000' })).toEqual({
      kind: 'standalone',
      url: 'redis://[::1]:7000/0',
    });
    // Kubernetes tells of a Service named redis by a variable of the same name.
    expect(readConfig({ ...QUOTES, REDIS_PORT: 'tcp://10.0.0.1:6379' }).redis?.target.kind).toBe('standalone');
    expect(problemsOf({ ...QUOTES, REDIS_URL: '', REDIS_HOST: 'redis', REDIS_PORT: 'tcp://10.0.0.1:6379' })).toEqual([
      "REDIS_HOST, REDIS_PORT: given 'redis' and 'tcp://10.0.0.1:6379'; write a host name and a port number",
    ]);
  });

  it('refuses a drain that leaves no time to finish', () => {
    expect(problemsOf({ ...QUOTES, DRAIN_SECONDS: '30', SHUTDOWN_SECONDS: '25' })).toEqual([
      "DRAIN_SECONDS: given '30', which leaves no time below SHUTDOWN_SECONDS (25); lower it",
    ]);
  });

  it('reports an impossible drain beside other faults too', () => {
    const problems = problemsOf({
      ...QUOTES,
      ENVIRONMENT: 'Prod',
      ADMIN_KEY: 'long enough to be a key',
      DRAIN_SECONDS: '30',
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['ENVIRONMENT', 'DRAIN_SECONDS']);
  });

  it('refuses one port for both listeners, but not two free ones', () => {
    expect(problemsOf({ ...QUOTES, HTTP_PORT: '8080' })).toEqual([
      "ADMIN_PORT: given '8080', which is HTTP_PORT too; give each a port of its own",
    ]);
    expect(problemsOf({ ...QUOTES, HTTP_PORT: '0', ADMIN_PORT: '0' })).toEqual([]);
  });

  it('refuses a Redis address whose path is no number of a database', () => {
    expect(problemsOf({ ...QUOTES, REDIS_URL: 'redis://localhost:6379/quotes' })).toHaveLength(1);
    expect(problemsOf({ ...QUOTES, REDIS_URL: 'redis://user:pass@localhost/15' })).toEqual([]);
  });

  it('reads Sentinels and Cluster nodes', () => {
    const sentinel = readConfig({
      ...QUOTES,
      REDIS_URL: '',
      REDIS_SENTINELS: 'a, b:1',
      REDIS_SENTINEL_PRIMARY: 'main',
    });
    const hosts = [
      { host: 'a', port: 26379 },
      { host: 'b', port: 1 },
    ];
    expect(sentinel.redis?.target).toEqual({ kind: 'sentinel', sentinels: hosts, primary: 'main' });
    const cluster = readConfig({ ...QUOTES, REDIS_URL: '', REDIS_CLUSTER_NODES: '[::1]:7000' });
    expect(cluster.redis?.target).toEqual({ kind: 'cluster', nodes: [{ host: '::1', port: 7000 }] });
  });

  it('answers any environment with a configuration or with its problems, never with another error', () => {
    const keys = [
      'SERVICE',
      'ENVIRONMENT',
      'REDIS_URL',
      'HTTP_PORT',
      'REDIS_CLUSTER_NODES',
      'PUBLIC_URL',
      'TMP_SIZE_BYTES',
    ];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), fc.string()), (env) => {
        expect(Array.isArray(problemsOf({ ...QUOTES, ...env }))).toBe(true);
      }),
    );
  });
});
