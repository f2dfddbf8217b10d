import { SERVICE_NEEDS, type ServiceName, URL_ENV } from '../app/contract.ts';
import { emulateRedis } from '../app/dev/emulated-redis.ts';
import { type Environment, readConfig } from '../app/src/runtime/config.ts';
import { openLogging } from '../app/src/runtime/logger.ts';
import { type RunningService, runService } from '../app/src/runtime/run-service.ts';
import type { ServiceModule } from '../app/src/runtime/service.ts';
import { loadService } from '../app/src/services/registry.ts';
import { eventually } from './eventually.ts';

export const ADMIN_KEY = 'dev-admin-key';

export interface RunAppOptions {
  readonly service: ServiceName;
  /** Name of an emulated Redis that several services may share, or the address of a real one. */
  readonly redis?: string;
  readonly env?: Environment;
  /** @default - the registry's */
  readonly module?: ServiceModule;
}

/** The addresses that a service cannot start without. @param addressOf where each of them is; by default nobody listens there */
export function urlsOf(service: ServiceName, addressOf: (called: ServiceName) => string = () => 'http://127.0.0.1:9') {
  return Object.fromEntries(SERVICE_NEEDS[service].calls.map((called) => [URL_ENV[called], addressOf(called)]));
}

/** A service under test, on free ports, with its log lines in an array. */
export interface TestApp {
  readonly url: string;
  readonly adminUrl: string;
  readonly lines: string[];
  readonly running: RunningService;
  stop(): Promise<void>;
}

/** Starts a service in this process and waits until it is ready. */
export async function runApp({
  service,
  redis = `emulated-${Math.random()}`,
  env = {},
  module,
}: RunAppOptions): Promise<TestApp> {
  const isReal = redis.startsWith('redis://');
  const all: Environment = { ...defaults(service, isReal ? redis : 'redis://emulated'), ...env };
  const config = readConfig(all);
  const lines: string[] = [];
  const logging = openLogging(config, { write: (line: string) => void lines.push(line) });
  const running = await runService({
    module: module ?? (await loadService(service)),
    config,
    env: all,
    logging,
    ...(!isReal && { redisFactory: emulateRedis(redis) }),
  });
  const app = {
    url: `${config.tlsDir === undefined ? 'http' : 'https'}://127.0.0.1:${running.httpPort}`,
    adminUrl: `http://127.0.0.1:${running.adminPort}`,
    lines,
    running,
    stop: () => running.shutdown(),
  };
  await untilReady(app);
  return app;
}

/** Waits until the readiness probe succeeds. */
export async function untilReady({ adminUrl }: Pick<TestApp, 'adminUrl'>): Promise<void> {
  await eventually(async () => {
    const probe = await fetch(`${adminUrl}/readyz`);
    if (!probe.ok) throw new Error(`not ready: ${await probe.text()}`);
  });
}

function defaults(service: ServiceName, redisUrl: string): Environment {
  return {
    SERVICE: service,
    ENVIRONMENT: 'dev',
    DEFAULT_SECRETS: 'true',
    PLAIN_HTTP: 'true',
    REDIS_URL: redisUrl,
    ...urlsOf(service),
    HTTP_PORT: '0',
    ADMIN_PORT: '0',
    DRAIN_SECONDS: '0',
  };
}

/** Request options of an administrator's write. */
export function asAdmin(method: string, body?: unknown, headers: Record<string, string> = {}): RequestInit {
  const auth = { Authorization: `Bearer ${ADMIN_KEY}`, ...headers };
  if (body === undefined) return { method, headers: auth };
  return { method, headers: { 'Content-Type': 'application/json', ...auth }, body: JSON.stringify(body) };
}
