import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENV, type ServiceName } from '../app/contract.ts';
import { SERVER_CORE } from './lab/cores.ts';
import { freePort, type Server, startServer } from './lab/server.ts';

/** Opens writes in every contender. */
export const ADMIN_KEY = 'bench-admin-key-0123456789';

/** A server that is measured. */
export interface Contender extends Server {
  /** Base URL of its HTTP port. */
  readonly url: string;
  /** Base URL of its admin port. */
  readonly adminUrl: string;
}

export type ContenderName =
  | 'ours'
  | 'three-disks'
  | 'no-metrics'
  | 'no-logs'
  | 'users'
  | 'search'
  | 'front'
  | 'fastify'
  | 'by-hand'
  | 'bare-redis'
  | 'bare'
  | 'flask';

/** The bundle that the image runs, and the same with request metrics that count nothing; bench/run.ts writes them. */
export const BUNDLE = fileURLToPath(new URL('../.cache/bench/', import.meta.url));

export const BUNDLE_NO_METRICS = fileURLToPath(new URL('../.cache/bench-no-metrics/', import.meta.url));

/** Below this folder, whose packages the peers need. */
export const PEERS = fileURLToPath(new URL('./.cache/peers/', import.meta.url));

/** Starts one contender on the server core. */
export async function startContender(
  name: ContenderName,
  redisUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Contender> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const shared = {
    REDIS_URL: redisUrl,
    ADMIN_KEY,
    [ENV.httpPort]: String(port),
    [ENV.adminPort]: String(adminPort),
    ...env,
  };
  const server = await startServer({
    name,
    core: SERVER_CORE,
    ...launch(name, port, adminPort),
    env: { ...shared, ...serviceEnv(name) },
  });
  return { ...server, url, adminUrl: `http://127.0.0.1:${adminPort}` };
}

function isQuotes(name: ContenderName): boolean {
  return name === 'ours' || name === 'three-disks' || name === 'no-metrics' || name === 'no-logs';
}

function serviceEnv(name: ContenderName): Record<string, string> {
  const service: ServiceName | undefined = isQuotes(name)
    ? 'quotes'
    : name === 'users' || name === 'search' || name === 'front'
      ? name
      : undefined;
  return service === undefined
    ? {}
    : {
        [ENV.service]: service,
        [ENV.environment]: 'staging',
        [ENV.version]: 'bench',
        ...(name === 'no-logs' && { [ENV.logLevel]: 'error' }),
        ...(name === 'three-disks' && { [ENV.redisWaitAofReplicas]: '2' }),
      };
}

function launch(name: ContenderName, port: number, adminPort: number) {
  const ready = `http://127.0.0.1:${port}/health`;
  switch (name) {
    case 'ours':
    case 'three-disks':
    case 'no-metrics':
    case 'no-logs':
    case 'users':
    case 'search':
    case 'front':
      return {
        command: [process.execPath, join(name === 'no-metrics' ? BUNDLE_NO_METRICS : BUNDLE, 'main.mjs')],
        readyUrl: `http://127.0.0.1:${adminPort}/readyz`,
      };
    case 'flask':
      return { command: gunicorn(port), readyUrl: ready };
    case 'fastify':
    case 'by-hand':
    case 'bare-redis':
    case 'bare':
      return { command: [process.execPath, join(PEERS, `${name}.mjs`)], readyUrl: ready };
  }
}

/** Two workers with threads and kept connections: the best of what one core gave it when this was tried. */
function gunicorn(port: number): string[] {
  const threads = ['--worker-class', 'gthread', '--workers', '2', '--threads', '8', '--keep-alive', '30'];
  return [
    'gunicorn',
    '--chdir',
    join(import.meta.dirname, 'peers/flask'),
    '--bind',
    `127.0.0.1:${port}`,
    ...threads,
    '--log-level',
    'error',
    'app:app',
  ];
}
