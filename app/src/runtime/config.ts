import type * as z from 'zod';
import type { LogLevel, ServiceName, ServiceNeeds } from '../../contract.ts';
import { ENV, SECRET_FILES, SERVICE_NEEDS, SERVICES, URL_ENV } from '../../contract.ts';
import { MIN_ADMIN_KEY } from './admin-keys.ts';
import { type RedisTarget, readRedisTarget } from './redis-target.ts';
import { Variables } from './variables.ts';

/** The shape of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything a process is told from outside, read once. Secrets are not here: see secrets.ts. */
export interface Config {
  readonly service: ServiceName;
  /** For people and logs: nothing depends on it. */
  readonly environment: string;
  readonly version: string;
  readonly logLevel: LogLevel;
  /** Address on which both ports listen. @default - every address */
  readonly listenHost?: string;
  readonly httpPort: number;
  readonly adminPort: number;
  /** Only for a service that needs Redis. */
  readonly redis?: RedisConfig;
  /** Base URLs of the services that are called, without a slash at the end. */
  readonly urls: Readonly<Partial<Record<ServiceName, string>>>;
  readonly publicUrl?: string;
  /** What the pages show in place of the version and of their title. */
  readonly frontVersion?: string;
  readonly frontTitle?: string;
  readonly drainSeconds: number;
  readonly shutdownSeconds: number;
  readonly seed: boolean;
  /** Whether secrets may be missing or short. */
  readonly defaultSecrets: boolean;
  /** Whether people come without TLS. */
  readonly plainHttp: boolean;
  /** Size of /tmp in bytes; without it, disk use is that of the file system. */
  readonly tmpBytes?: number;
  /** Requests served at once before further ones are refused with 503. */
  readonly maxInFlight: number;
  readonly otlpEndpoint?: string;
  readonly logsUrl?: string;
  readonly secretsDir?: string;
  /** Folder of the certificate that this process shows to those that it calls and is called by. @default - nothing is encrypted */
  readonly tlsDir?: string;
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
  const parsed = Variables.safeParse(given);
  const problems = (parsed.error?.issues ?? []).map((issue) => describe(issue, given));
  const needs = needsOf(given[ENV.service]);
  const target =
    needs !== undefined && Object.keys(needs.data).length > 0 ? readRedisTarget(given, problems) : undefined;
  problems.push(...missingUrls(needs, given), ...missingSecrets(needs, given));
  problems.push(...impossibleDrain(given), ...samePort(given), ...missingCertificate(given));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data, target);
}

function needsOf(service: string | undefined): ServiceNeeds | undefined {
  const name = SERVICES.find((known) => known === service);
  return name && SERVICE_NEEDS[name];
}

function describe(issue: z.core.$ZodIssue, env: Environment): string {
  const key = String(issue.path[0]);
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

const Times = Variables.pick({ [ENV.drainSeconds]: true, [ENV.shutdownSeconds]: true });

/** Looks at its own variables alone, so that a fault elsewhere does not hide this one. */
function impossibleDrain(env: Environment): string[] {
  const { data } = Times.safeParse(env);
  if (data === undefined || data.DRAIN_SECONDS < data.SHUTDOWN_SECONDS) return [];
  const { DRAIN_SECONDS: drain, SHUTDOWN_SECONDS: limit } = data;
  return [
    `${ENV.drainSeconds}: given '${drain}', which leaves no time below ${ENV.shutdownSeconds} (${limit}); lower it`,
  ];
}

const Ports = Variables.pick({ [ENV.httpPort]: true, [ENV.adminPort]: true });

function samePort(env: Environment): string[] {
  const { data } = Ports.safeParse(env);
  if (data === undefined || data.HTTP_PORT === 0 || data.HTTP_PORT !== data.ADMIN_PORT) return [];
  return [`${ENV.adminPort}: given '${data.ADMIN_PORT}', which is ${ENV.httpPort} too; give each a port of its own`];
}

function missingCertificate(env: Environment): string[] {
  if (env[ENV.redisTls] !== 'true' || env[ENV.tlsDir] !== undefined) return [];
  return [`${ENV.tlsDir}: is missing, but ${ENV.redisTls} is true; name the folder of the certificate`];
}

function toConfig(vars: z.infer<typeof Variables>, target: RedisTarget | undefined): Config {
  const urls = Object.fromEntries(SERVICES.map((name) => [name, vars[URL_ENV[name]]]));
  return {
    service: vars.SERVICE,
    environment: vars.ENVIRONMENT,
    version: vars.APP_VERSION,
    logLevel: vars.LOG_LEVEL,
    httpPort: vars.HTTP_PORT,
    adminPort: vars.ADMIN_PORT,
    urls: defined(urls),
    drainSeconds: vars.DRAIN_SECONDS,
    shutdownSeconds: vars.SHUTDOWN_SECONDS,
    seed: vars.SEED === 'true',
    defaultSecrets: vars.DEFAULT_SECRETS === 'true',
    plainHttp: vars.PLAIN_HTTP === 'true',
    maxInFlight: vars.MAX_IN_FLIGHT,
    ...(target && { redis: redisConfig(vars, target) }),
    ...defined({
      listenHost: vars.LISTEN_HOST,
      publicUrl: vars.PUBLIC_URL,
      frontVersion: vars.FRONT_VERSION,
      frontTitle: vars.FRONT_TITLE,
      tmpBytes: vars.TMP_SIZE_BYTES,
      otlpEndpoint: vars.OTEL_EXPORTER_OTLP_ENDPOINT,
      logsUrl: vars.LOGS_URL,
      secretsDir: vars.SECRETS_DIR,
      tlsDir: vars.TLS_DIR,
    }),
  };
}

function redisConfig(vars: z.infer<typeof Variables>, target: RedisTarget): RedisConfig {
  const { REDIS_USERNAME: username, REDIS_WAIT_REPLICAS: held, REDIS_WAIT_AOF_REPLICAS: onDisk } = vars;
  const acknowledgement: Acknowledgement =
    onDisk === undefined
      ? { kind: held === 0 ? 'none' : 'memory', replicas: held }
      : { kind: 'disk', replicas: onDisk };
  const readReplicas = vars.REDIS_READ_REPLICAS;
  const tls = vars.REDIS_TLS === 'true';
  return { target, acknowledgement, readReplicas, tls, ...(username !== undefined && { username }) };
}

/** The same record without the keys whose value is undefined. */
function defined<T extends object>(record: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
