import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV, type ServiceName } from '../../app/contract.ts';
import type { Manifest } from '../../charts/plan/part.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { ServiceProcess } from '../../test/service-process.ts';
import { ProjectedVolume, type SecretData } from './projected-volume.ts';
import type { RedisGroup } from './redis-group.ts';

export interface RenderedServiceProps {
  readonly service: ServiceName;
  readonly group: RedisGroup;
  /** The objects of the environment, as synthesis writes them. */
  readonly manifests: readonly Manifest[];
  readonly secrets: SecretData;
  /** Folder of the bundled application. */
  readonly program: string;
}

/** A service as its Deployment starts it, among the pods of the store: the environment of its ConfigMap, the secrets of its volume. */
export class RenderedService {
  readonly volume: ProjectedVolume;
  readonly #logFile: string;
  readonly #process: ServiceProcess;

  private constructor(volume: ProjectedVolume, logFile: string, process: ServiceProcess) {
    this.volume = volume;
    this.#logFile = logFile;
    this.#process = process;
  }

  /** Starts it and waits until it is ready. */
  static async start({ service, group, manifests, secrets, program }: RenderedServiceProps): Promise<RenderedService> {
    const folder = join(group.folder, service);
    mkdirSync(folder);
    const volume = new ProjectedVolume(join(folder, 'secrets'), theOnly(manifests, 'Deployment', service));
    volume.update(secrets);
    const log = join(folder, 'log');
    const env = { ...configOf(manifests, service), ...group.network.environment, [ENV.secretsDir]: volume.folder };
    return new RenderedService(volume, log, await ServiceProcess.start({ service, program, env, log }));
  }

  get url(): string {
    return this.#process.url;
  }

  get log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async stop(): Promise<void> {
    await this.#process.end('SIGKILL');
  }
}

/** What the ConfigMap says, but for the ports, which are one machine's here, and without the key that other suites give by variable. */
function configOf(manifests: readonly Manifest[], service: ServiceName): Record<string, string> {
  const data = Object.entries(at(theOnly(manifests, 'ConfigMap', service), 'data') ?? {});
  const ports: string[] = [ENV.httpPort, ENV.adminPort];
  return { ...Object.fromEntries(data.filter(([key]) => !ports.includes(key))), [ENV.adminKey]: '' };
}
