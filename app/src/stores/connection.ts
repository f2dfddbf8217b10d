import { Counter } from 'prom-client';
import { type DataSet, METRICS } from '../../contract.ts';
import { gauge } from '../runtime/metrics.ts';
import type { ServiceContext } from '../runtime/service.ts';
import { tlsOptionsOf } from '../runtime/tls-files.ts';
import { collectionKeys } from './keys.ts';
import { type ClientOptions, type RedisClient, rotatePassword } from './redis-factory.ts';
import { RedisHealth } from './redis-health.ts';
import { ask, StoreUnavailable } from './store-unavailable.ts';
import { WriteGate } from './write-gate.ts';

/** Longest time in ms for any command, waiting for the connection included: beyond it the caller gets its 503. */
export const COMMAND_TIMEOUT_MS = 2_000;
const CONNECT_TIMEOUT_MS = 2_000;
/** Silence with commands under way for this long means a dead peer: the connection is made anew. */
const SOCKET_TIMEOUT_MS = 5_000;
const MAX_RETRY_DELAY_MS = 250;
/** How long QUIT may take at the end. */
const QUIT_TIMEOUT_MS = 1_000;

/** A connection for reads, and what is known about it. */
export interface ReadLink {
  readonly reads: RedisClient;
  readonly health: RedisHealth;
  /**
   * The answer to a read.
   * @throws StoreUnavailable where there is none, and where it may be that of a primary which was replaced
   */
  ask<T>(reply: Promise<T>): Promise<T>;
  /** To be told of a stored record that is none: counted, and the first one logged. */
  onBroken(): void;
  close(): Promise<void>;
}

/** Reads on one connection, writes on another, so that waiting for replicas stalls no read. */
export interface RedisLink extends ReadLink {
  readonly writes: WriteGate;
}

/** Connects for reading a data set, follows a rotated password, and exports the state of it all. */
export function openReads(context: ServiceContext, dataSet: DataSet): ReadLink {
  const { log, config } = context;
  const reads = openClient(context, 'reads');
  const onChange = (up: boolean) => log[up ? 'info' : 'error'](up ? 'Redis answers' : 'Redis does not answer');
  const health = new RedisHealth({
    client: reads,
    key: collectionKeys(dataSet).data,
    readReplicas: config.redis?.readReplicas ?? 0,
    // A connection made anew is one to whoever the Sentinels name now.
    onDoubt: () => reads.disconnect(true),
    onChange,
  }).start();
  gauge(context.registry, METRICS.redisUp, '1 while Redis answers this process, else 0.', () => (health.up ? 1 : 0));
  const askLeader = async <T>(reply: Promise<T>) => {
    const answer = await ask(reply);
    if (!health.leads) throw new StoreUnavailable('It is not certain that this server is still the primary.');
    return answer;
  };
  const close = async () => {
    health.stop();
    await quit(reads);
  };
  return { reads, health, ask: askLeader, onBroken: brokenRecords(context), close };
}

/** The same, and a connection for writes. */
export function openLink(context: ServiceContext, dataSet: DataSet): RedisLink {
  const link = openReads(context, dataSet);
  const writer = openClient(context, 'writes');
  const failures = onceEach((err) => context.log.warn({ err }, 'writes are not acknowledged'));
  const writes = new WriteGate({
    client: writer,
    acknowledgement: context.config.redis?.acknowledgement ?? { kind: 'none', replicas: 0 },
    onResult: (error) => (error === undefined ? failures.forget() : failures.hear(error)),
  });
  const close = async () => {
    await Promise.all([link.close(), quit(writer)]);
  };
  return { ...link, writes, close };
}

function brokenRecords(context: ServiceContext): () => void {
  const broken = counter(context, METRICS.redisBroken, 'Reads of stored records that were none any more.');
  let isTold = false;
  return () => {
    broken.inc();
    if (!isTold)
      context.log.warn('a record in the store is broken; how often one is met is counted, and not said again');
    isTold = true;
  };
}

type Role = 'reads' | 'writes';

function openClient(context: ServiceContext, role: Role): RedisClient {
  const { config, secrets, redisFactory, log, tls } = context;
  if (config.redis === undefined) {
    throw new Error(`${config.service}: has no Redis in its configuration; see SERVICE_NEEDS`);
  }
  const client = redisFactory(config.redis, {
    ...clientOptions(`${config.service}-${role}`, role, secrets.current.redisPassword),
    ...(config.redis.tls && tls && { tls: tlsOptionsOf(tls) }),
  });
  const { username } = config.redis;
  secrets.onChange(({ redisPassword }) => void rotatePassword(client, { username, password: redisPassword, log }));
  const reconnects = counter(context, METRICS.redisReconnects, 'Attempts to connect to Redis again.');
  const errors = counter(context, METRICS.redisErrors, 'Errors of Redis connections.');
  const tell = onceEach((err) => log.warn({ err, role }, 'Redis connection failed'));
  client.on('reconnecting', () => reconnects.inc());
  client.on('ready', tell.forget);
  client.on('error', (err: Error) => {
    errors.inc();
    tell.hear(err);
  });
  return client;
}

/** Tells each cause of an outage once: without it nobody could see a wrong password, and with every attempt the log would flood. */
function onceEach(tell: (error: Error) => void) {
  const told = new Set<string>();
  const hear = (error: Error) => {
    if (told.has(error.message)) return;
    told.add(error.message);
    tell(error);
  };
  return { hear, forget: () => told.clear() };
}

function clientOptions(name: string, role: Role, password: string | undefined): ClientOptions {
  return {
    connectionName: name,
    ...(password !== undefined && { password }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // A write whose answer was lost must not be sent twice by the client: whoever asked for it decides.
    autoResendUnfulfilledCommands: role === 'reads',
    // Commands that wait for a connection fail with the next failed attempt, not after the outage.
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt) => Math.min(MAX_RETRY_DELAY_MS, 25 * 2 ** Math.min(attempt, 8)),
    // After a failover the old primary may come back as a replica behind the same connection.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
}

function counter({ registry }: ServiceContext, name: string, help: string): Counter {
  const known = registry.getSingleMetric(name);
  return known instanceof Counter ? known : new Counter({ name, help, registers: [registry] });
}

async function quit(client: RedisClient): Promise<void> {
  const timeout = setTimeout(() => client.disconnect(), QUIT_TIMEOUT_MS);
  await client.quit().catch(() => client.disconnect());
  clearTimeout(timeout);
}
