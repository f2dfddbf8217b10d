import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigFiles } from '../../charts/redis/config.ts';
import type { PodNetwork } from './pod-network.ts';

export interface PodOptions {
  /** Host name, as the scripts know it: `redis-0.redis`. */
  readonly host: string;
  /** Folder of this pod: its volume, its mounts. */
  readonly folder: string;
  /** The files of the ConfigMap, as rendered. */
  readonly files: ConfigFiles;
  readonly secretsFolder: string;
  readonly script: string;
  readonly network: PodNetwork;
  /** Folder of its certificate, where the environment has TLS inside. */
  readonly tlsFolder: string | undefined;
}

/** One "pod": a script of the ConfigMap as its PID 1, an address of its own on the loopback net, a volume that survives restarts. */
export class Pod {
  readonly host: string;
  readonly volume: string;
  log = '';
  private readonly options: PodOptions;
  private process: ChildProcess | undefined;
  private stopped: Promise<void> = Promise.resolve();

  constructor(options: PodOptions) {
    this.options = options;
    this.host = options.host;
    this.volume = join(options.folder, 'data');
    for (const folder of [this.volume, this.configFolder]) mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(options.files)) writeFileSync(join(this.configFolder, name), text);
  }

  get configFolder(): string {
    return join(this.options.folder, 'config');
  }

  get address(): string | undefined {
    return this.options.network.addressOf(this.host);
  }

  get running(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  /** How its PID 1 ended. */
  get exitCode(): number | null {
    return this.process?.exitCode ?? null;
  }

  /** Starts the script with a new address: pods keep their names, never their addresses. */
  start(): void {
    const address = this.options.network.assign(this.host);
    const child = spawn('sh', [join(this.configFolder, this.options.script)], {
      env: { ...this.environment(address) },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => {
      this.log += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.stopped = new Promise((resolve) => child.once('exit', () => resolve()));
    this.process = child;
  }

  /** What a container's end is for everything in it. */
  async kill(): Promise<void> {
    if (this.process?.pid !== undefined && this.running) {
      try {
        process.kill(-this.process.pid, 'SIGKILL');
      } catch {
        // The group ended by itself meanwhile.
      }
    }
    await this.stopped;
    this.options.network.release(this.host);
  }

  /** The claim is gone, and the pod gets a new one. */
  loseVolume(): void {
    rmSync(this.volume, { recursive: true, force: true });
    mkdirSync(this.volume);
  }

  /** What the kubelet does first: SIGTERM to PID 1 alone. */
  async terminate(): Promise<void> {
    this.process?.kill('SIGTERM');
    await this.stopped;
    this.options.network.release(this.host);
  }

  /** Runs a script of this pod beside its PID 1, as probes and jobs do: its exit code and what it said. */
  exec(
    script: string,
    args: readonly string[] = [],
    extra: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number; log: string }> {
    return new Promise((resolve) => {
      const child = spawn('sh', [join(this.configFolder, script), ...args], {
        env: { ...this.environment(this.address ?? '127.0.0.1'), ...extra },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let log = '';
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
      });
      child.once('close', (code) => resolve({ code: code ?? -1, log }));
    });
  }

  /** The whole of what differs from the container: where the mounts are, which address is the pod's, who resolves names. */
  private environment(address: string): NodeJS.ProcessEnv {
    const { folder, secretsFolder, network, tlsFolder } = this.options;
    return {
      ...network.environment,
      HOST: this.host,
      BIND: address,
      CONFIG_DIR: this.configFolder,
      DATA_DIR: this.volume,
      RUN_DIR: join(folder, 'run'),
      SECRETS_DIR: secretsFolder,
      ...(tlsFolder && { TLS_DIR: tlsFolder }),
    };
  }
}
