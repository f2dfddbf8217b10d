import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV, type ServiceName } from '../app/contract.ts';
import { bundle } from '../app/image/bundle.ts';
import { freePort } from './real-redis.ts';
import { untilReady } from './run-app.ts';

export interface ServiceProcessProps {
  readonly service: ServiceName;
  /** Folder of the bundle, by `bundleApp`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** File that takes the log. @default - /dev/null */
  readonly log?: string;
}

/** Long enough for a service that allows no default to accept it. */
export const PROCESS_ADMIN_KEY = 'resilience-admin-key';

/** One service as the image runs it: the bundle, in a process of its own, on ports that stay over a restart. */
export class ServiceProcess {
  readonly httpPort: number;
  readonly adminPort: number;
  readonly #props: ServiceProcessProps;
  #child: ChildProcess | undefined;

  private constructor(props: ServiceProcessProps, httpPort: number, adminPort: number) {
    this.#props = props;
    this.httpPort = httpPort;
    this.adminPort = adminPort;
  }

  /** Starts it and waits until it is ready. */
  static async start(props: ServiceProcessProps): Promise<ServiceProcess> {
    const process = new ServiceProcess(props, await freePort(), await freePort());
    await process.restart();
    return process;
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** Starts it again on the same ports and waits until it is ready. */
  async restart(): Promise<void> {
    const { service, program, env, log = '/dev/null' } = this.#props;
    this.#child = spawn(process.execPath, [join(program, 'main.mjs')], {
      env: { ...process.env, ...this.#defaults(service), ...env },
      stdio: ['ignore', openSync(log, 'w'), 'inherit'],
    });
    await untilReady({ adminUrl: `http://127.0.0.1:${this.adminPort}` });
  }

  /** Sends a signal and waits for the end. @returns the exit code, or null after SIGKILL */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  #defaults(service: ServiceName): Record<string, string> {
    return {
      [ENV.service]: service,
      [ENV.environment]: 'staging',
      [ENV.adminKey]: PROCESS_ADMIN_KEY,
      [ENV.httpPort]: String(this.httpPort),
      [ENV.adminPort]: String(this.adminPort),
    };
  }
}

/** Bundles the application as the image does, into a folder of its own. */
export async function bundleApp(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'quotes-bundle-'));
  await bundle(folder);
  return folder;
}
