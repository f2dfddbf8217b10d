import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ENV, SERVICES, type ServiceName } from '../app/contract.ts';
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

/** Our quotes service, as it is and with one thing changed. */
const QUOTES = ['ours', 'three-disks', 'no-metrics', 'no-logs'] as const;

/** Ours by the name of the service or as above, and its peers. */
export type ContenderName =
  | ServiceName
  | (typeof QUOTES)[number]
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

export interface ContenderOptions {
  readonly redisUrl: string;
  /** @default - none beside those that every contender gets */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs what is not Python. @default - the Node of the benchmark */
  readonly node?: string;
}

/** Starts one contender on the server core. */
export async function startContender(name: ContenderName, options: ContenderOptions): Promise<Contender> {
  const { redisUrl, env = {}, node = process.execPath } = options;
  const ports = { port: await freePort(), adminPort: await freePort() };
  const { port, adminPort } = ports;
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
    ...launch(name, node, ports),
    env: { ...shared, ...serviceEnv(name) },
  });
  return { ...server, url, adminUrl: `http://127.0.0.1:${adminPort}` };
}

function serviceOf(name: ContenderName): ServiceName | undefined {
  return QUOTES.some((one) => one === name) ? 'quotes' : SERVICES.find((service) => service === name);
}

function serviceEnv(name: ContenderName): Record<string, string> {
  const service = serviceOf(name);
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

function launch(
  name: ContenderName,
  node: string,
  { port, adminPort }: Readonly<Record<'port' | 'adminPort', number>>,
) {
  const ready = `http://127.0.0.1:${port}/health`;
  if (serviceOf(name) !== undefined) {
    const program = join(name === 'no-metrics' ? BUNDLE_NO_METRICS : BUNDLE, 'main.mjs');
    return { command: [node, program], readyUrl: `http://127.0.0.1:${adminPort}/readyz` };
  }
  if (name === 'flask') return { command: gunicorn(port), readyUrl: ready };
  return { command: [node, join(PEERS, `${name}.mjs`)], readyUrl: ready };
}

/** Two workers with threads and kept connections: the best of what one core gave it when this was tried. */
function gunicorn(port: number): string[] {
  const threads = ['--worker-class', 'gthread', '--workers', '2', '--threads', '8', '--keep-alive', '30'];
  const place = ['--chdir', join(import.meta.dirname, 'peers/flask'), '--bind', `127.0.0.1:${port}`];
  return ['gunicorn', ...place, ...threads, '--log-level', 'error', 'app:app'];
}
