import { ENV, PORTS } from '../../contract.ts';
import type { Environment } from './config.ts';

/** Where Redis is: exactly one of three shapes. */
export type RedisTarget =
  | { readonly kind: 'standalone'; readonly url: string }
  | { readonly kind: 'sentinel'; readonly sentinels: readonly HostPort[]; readonly primary: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly HostPort[] };

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const REDIS_PROTOCOLS = ['redis:', 'rediss:'];
const MODES = [ENV.redisUrl, ENV.redisHost, ENV.redisSentinels, ENV.redisClusterNodes];

/** `host[:port]` with IPv6 in brackets, or undefined where the text is neither. */
export function parseHostPort(text: string, defaultPort: number): HostPort | undefined {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/@]+)(?::(\d{1,5}))?$/.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port < 1 || port > 65_535) return undefined;
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

/** Reads the target from the environment; what is wrong with it goes to `problems`. */
export function readRedisTarget(env: Environment, problems: string[]): RedisTarget | undefined {
  const given = MODES.filter((key) => (env[key] ?? '') !== '');
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none is' : `${given.join(' and ')} are`;
    problems.push(`${MODES.join(', ')}: ${found} set; set exactly one of them`);
    return undefined;
  }
  if (given[0] === ENV.redisUrl) return readUrl(env[ENV.redisUrl] ?? '', problems);
  if (given[0] === ENV.redisHost) return readHost(env, problems);
  if (given[0] === ENV.redisSentinels) return readSentinels(env, problems);
  return { kind: 'cluster', nodes: readNodes(env, ENV.redisClusterNodes, PORTS.redis, problems) };
}

function readUrl(text: string, problems: string[]): RedisTarget | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isRedisAddress(url)) {
    return { kind: 'standalone', url: text };
  }
  problems.push(`${ENV.redisUrl}: not a Redis address; write redis://host:${PORTS.redis}/0 (rediss:// with TLS)`);
  return undefined;
}

/** The path is the number of a database: anything else would be refused by Redis at every connection, long after the start. */
function isRedisAddress({ protocol, hostname, port, pathname }: URL): boolean {
  return REDIS_PROTOCOLS.includes(protocol) && hostname !== '' && port !== '0' && /^(\/\d{0,4})?$/.test(pathname);
}

/** `REDIS_HOST` and `REDIS_PORT`. Kubernetes sets a `REDIS_PORT` of its own for a Service of that name, so that it counts beside a host only. */
function readHost(env: Environment, problems: string[]): RedisTarget | undefined {
  const host = env[ENV.redisHost] ?? '';
  const port = env[ENV.redisPort] ?? String(PORTS.redis);
  const url = `redis://${host.includes(':') ? `[${host}]` : host}:${port}/0`;
  if (/^[\w.:-]+$/.test(host) && /^[1-9]\d{0,4}$/.test(port) && URL.canParse(url)) return { kind: 'standalone', url };
  problems.push(
    `${ENV.redisHost}, ${ENV.redisPort}: given '${host}' and '${port}'; write a host name and a port number`,
  );
  return undefined;
}

function readSentinels(env: Environment, problems: string[]): RedisTarget {
  const primary = env[ENV.redisSentinelPrimary] ?? '';
  if (primary === '') {
    problems.push(`${ENV.redisSentinelPrimary}: is missing; give the name under which the Sentinels watch the primary`);
  }
  return { kind: 'sentinel', sentinels: readNodes(env, ENV.redisSentinels, PORTS.sentinel, problems), primary };
}

function readNodes(env: Environment, key: string, defaultPort: number, problems: string[]): HostPort[] {
  return (env[key] ?? '').split(',').flatMap((text) => {
    const node = parseHostPort(text, defaultPort);
    if (node !== undefined) return [node];
    problems.push(`${key}: given '${text}', which is not host:port; write for example redis-0.redis:${defaultPort}`);
    return [];
  });
}
