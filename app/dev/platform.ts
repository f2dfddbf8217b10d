import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import { ADMIN_PATHS, ENV, type ServiceName } from '../contract.ts';
import { ask } from './ask.ts';
import { Child, type ChildEvents, type ChildProps } from './child.ts';
import type { PortPlan } from './ports.ts';
import type { Programs } from './programs.ts';
import { serviceEnv, type Variables } from './service-env.ts';
import type { Store } from './store.ts';
import { loadStoreFunctions } from './store-functions.ts';

export interface PlatformProps {
  readonly store: Store;
  readonly services: readonly ServiceName[];
  readonly ports: PortPlan;
  readonly host: string;
  /** What the services run, asked at each start. */
  readonly programs: Pick<Programs, 'args'>;
  /** Where a private Redis keeps its data. */
  readonly dataFolder: string;
  readonly env: Variables;
  readonly events: ChildEvents;
}

const ASK_EVERY_MS = 25;

export class Platform {
  readonly #props: PlatformProps;
  readonly #redis: Child | undefined;
  readonly #services: readonly Child[];
  #loading: Redis | undefined;

  constructor(props: PlatformProps) {
    this.#props = props;
    const { store, ports, dataFolder, events } = props;
    this.#redis =
      store.kind === 'private' ? new Child(redisServer(store.program, dataFolder, ports.redis), events) : undefined;
    this.#services = this.#serviceProcesses().map((child) => new Child(child, events));
  }

  /** The store alone: it starts while the program is still being made. */
  startStore(): void {
    this.#redis?.start();
  }

  startServices(): void {
    void this.#loadFunctions();
    for (const service of this.#services) service.start();
  }

  /** These services anew, and what does not run; Redis and the others as they are. With the emulation all are one process. @returns the processes that it has started */
  async restart(services: readonly ServiceName[]): Promise<readonly string[]> {
    void this.#loadFunctions();
    const isConcerned = (name: string) =>
      this.#props.store.kind === 'emulated' ? services.length > 0 : services.some((service) => service === name);
    const concerned = this.#services.filter(({ name, isRunning }) => !isRunning || isConcerned(name));
    await Promise.all(concerned.map((service) => service.stop().then(() => service.start())));
    return concerned.map(({ name }) => name);
  }

  /** Redis last: the services still need it to end well. */
  async stop(): Promise<void> {
    this.#loading?.disconnect();
    await Promise.all(this.#services.map((service) => service.stop()));
    await this.#redis?.stop();
  }

  kill(): void {
    for (const child of [...this.#services, this.#redis]) child?.kill();
  }

  /** Resolves to true once every service is ready, to false when that takes longer than the limit. */
  async ready(limitMs: number): Promise<boolean> {
    const end = Date.now() + limitMs;
    const pending = new Set(
      this.#props.services.map((name) => `http://127.0.0.1:${this.#props.ports.admin[name]}${ADMIN_PATHS.ready}`),
    );
    while (pending.size > 0 && Date.now() < end) {
      await Promise.all([...pending].map(async (url) => (await ask(url)).status === 200 && pending.delete(url)));
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
    return pending.size === 0;
  }

  get #redisUrl(): string {
    const { store, ports } = this.#props;
    return store.kind === 'given' ? store.url : `redis://127.0.0.1:${ports.redis}`;
  }

  /** Once the store answers; until then the services answer writes with 503. */
  async #loadFunctions(): Promise<void> {
    const { store, events } = this.#props;
    if (store.kind === 'emulated') return;
    this.#loading?.disconnect();
    const redis = new Redis(this.#redisUrl, { maxRetriesPerRequest: null, retryStrategy: () => ASK_EVERY_MS });
    this.#loading = redis.on('error', () => undefined);
    await loadStoreFunctions(redis).catch((error: Error) => {
      if (redis.status !== 'end') events.onLine('redis', `cannot load the functions: ${error.message}`);
    });
    redis.disconnect();
  }

  #serviceProcesses(): ChildProps[] {
    const { store, services, ports, host, env, programs } = this.#props;
    if (store.kind === 'emulated') {
      const args = () => [...programs.args, String(ports.http.front), host, services.join()];
      return [{ name: 'all', command: process.execPath, args, env }];
    }
    return services.map((service) => ({
      name: service,
      command: process.execPath,
      args: () => programs.args,
      env: serviceEnv({ service, ports, host, redisUrl: this.#redisUrl, given: { ...env, [ENV.redisUrl]: undefined } }),
    }));
  }
}

/** A Redis for this laptop alone, as durable as the cluster's: every acknowledged write is on disk. */
function redisServer(program: string, folder: string, port: number): ChildProps {
  mkdirSync(folder, { recursive: true });
  const options = {
    bind: '127.0.0.1',
    port: String(port),
    dir: folder,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    loglevel: 'warning',
  };
  return {
    name: 'redis',
    command: program,
    args: () => Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]),
  };
}
