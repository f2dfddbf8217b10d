import type * as z from 'zod';
import type { ServiceNeeds } from '../../contract.ts';
import { ENV, SECRET_FILES, SERVICE_NEEDS, SERVICES, URL_ENV } from '../../contract.ts';
import { MIN_ADMIN_KEY } from './admin-keys.ts';
import { type RedisTarget, readRedisTarget } from './redis-target.ts';
import { Variables } from './variables.ts';

/** The shape of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Read = z.output<typeof Variables>;

/** Everything a process is told from outside, read once. Secrets are not here: see secrets.ts. */
export interface Config extends Readonly<Omit<Read, Extract<keyof Read, `redis${string}`>>> {
  /** Only for a service that needs Redis. */
  readonly redis?: RedisConfig;
}

export interface RedisConfig {
  readonly target: RedisTarget;
  readonly username?: string;
  readonly acknowledgement: Acknowledgement;
  /** Replicas that must follow the primary for its reads to count; see ENV.redisReadReplicas. */
  readonly readReplicas: number;
  /** Whether the store asks for the certificate of `tlsDir`. */
  readonly tls: boolean;
}

/** When a write is acknowledged: at once, when that many replicas hold it, or when it is on the primary's disk and on theirs. */
export interface Acknowledgement {
  readonly kind: 'none' | 'memory' | 'disk';
  readonly replicas: number;
}

/** Every problem of the environment at once: an operator mends them in one go. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the configuration is refused:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads and checks the process environment; an empty variable counts as absent, as Compose and shells write it.
 * @throws ConfigError with all problems
 */
export function readConfig(env: Environment): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const values = valuesIn(given);
  const parsed = Variables.safeParse(values);
  const problems = (parsed.error?.issues ?? []).map((issue) => describe(issue, given));
  const needs = needsOf(given[ENV.service]);
  const target =
    needs !== undefined && Object.keys(needs.data).length > 0 ? readRedisTarget(given, problems) : undefined;
  problems.push(...missingUrls(needs, given), ...missingSecrets(needs, given));
  problems.push(...impossibleDrain(values), ...samePort(values), ...missingCertificate(given));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data, target);
}

/** What is given, by the names that the code has for it. */
function valuesIn(env: Environment) {
  const read = (keys: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(keys).flatMap(([name, key]) => (env[key] === undefined ? [] : [[name, env[key]]])),
    );
  return { ...read(ENV), urls: read(URL_ENV) };
}

function needsOf(service: string | undefined): ServiceNeeds | undefined {
  const name = SERVICES.find((known) => known === service);
  return name && SERVICE_NEEDS[name];
}

function describe(issue: z.core.$ZodIssue, env: Environment): string {
  const [name, called] = issue.path;
  const key = name === 'urls' ? URL_ENV[called as keyof typeof URL_ENV] : ENV[name as keyof typeof ENV];
  const value = env[key];
  const rule = issue.code === 'invalid_value' ? `must be one of ${issue.values.join(', ')}` : issue.message;
  return value === undefined ? `${key}: is missing; ${rule}` : `${key}: given '${shown(value)}', ${rule}`;
}

/** What a log may hold of a value: no password of an address. */
function shown(value: string): string {
  return value.replace(/\/\/[^/]*@/, '//...@').slice(0, 60);
}

function missingUrls(needs: ServiceNeeds | undefined, env: Environment): string[] {
  const keys = (needs?.calls ?? []).map((name) => URL_ENV[name]);
  return keys
    .filter((key) => env[key] === undefined)
    .map((key) => `${key}: is missing; give the base URL, like http://quotes`);
}

function missingSecrets(needs: ServiceNeeds | undefined, env: Environment): string[] {
  if (!needs?.adminKey || env[ENV.defaultSecrets] === 'true' || env[ENV.secretsDir] !== undefined) return [];
  if ((env[ENV.adminKey] ?? '').trim().length >= MIN_ADMIN_KEY || env[ENV.adminKeys] !== undefined) return [];
  return [
    `${ENV.adminKey}: is missing or shorter than ${MIN_ADMIN_KEY} characters; mount a file '${SECRET_FILES.adminKey}' and name its folder in ${ENV.secretsDir}`,
  ];
}

const Times = Variables.pick({ drainSeconds: true, shutdownSeconds: true });

/** Looks at its own variables alone, so that a fault elsewhere does not hide this one. */
function impossibleDrain(values: object): string[] {
  const { drainSeconds = 0, shutdownSeconds = 1 } = Times.safeParse(values).data ?? {};
  if (drainSeconds < shutdownSeconds) return [];
  return [
    `${ENV.drainSeconds}: given '${drainSeconds}', which leaves no time below ${ENV.shutdownSeconds} (${shutdownSeconds}); lower it`,
  ];
}

const Ports = Variables.pick({ httpPort: true, adminPort: true });

function samePort(values: object): string[] {
  const { data } = Ports.safeParse(values);
  if (data === undefined || data.httpPort === 0 || data.httpPort !== data.adminPort) return [];
  return [`${ENV.adminPort}: given '${data.adminPort}', which is ${ENV.httpPort} too; give each a port of its own`];
}

function missingCertificate(env: Environment): string[] {
  if (env[ENV.redisTls] !== 'true' || env[ENV.tlsDir] !== undefined) return [];
  return [`${ENV.tlsDir}: is missing, but ${ENV.redisTls} is true; name the folder of the certificate`];
}

function toConfig(read: Read, target: RedisTarget | undefined): Config {
  const { redisUsername: username, redisReadReplicas: readReplicas, redisTls: tls, ...rest } = read;
  const { redisWaitReplicas: held, redisWaitAofReplicas: onDisk, ...config } = rest;
  if (target === undefined) return config;
  const acknowledgement: Acknowledgement =
    onDisk === undefined
      ? { kind: held === 0 ? 'none' : 'memory', replicas: held }
      : { kind: 'disk', replicas: onDisk };
  const redis = { target, acknowledgement, readReplicas, tls, ...(username !== undefined && { username }) };
  return { ...config, redis };
}
