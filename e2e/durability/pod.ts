import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../../test/requires.ts';
import type { ProjectedVolume, SecretData } from '../redis/projected-volume.ts';
import { Container, type Mounts } from './container.ts';
import type { Disk } from './disk.ts';
import type { Endpoint, Network } from './network.ts';
import type { Workload } from './workload.ts';

export interface PodProps {
  /** Name of the pod, of its namespace and of its folder. */
  readonly name: string;
  /** The name that leads to it. */
  readonly host: string;
  readonly workload: Workload;
  readonly network: Network;
  readonly folder: string;
  /** What its claim gives it. @default - the pod has none */
  readonly disk?: Disk;
  /** What the image brings. */
  readonly image: Image;
}

/** Programs of this machine that stand in images. */
export interface Programs {
  readonly store: string;
  /** @default - no backup can be made */
  readonly restic?: string | undefined;
}

export interface Image {
  readonly mounts: Mounts;
  readonly workingDir: string;
  readonly command: readonly string[];
  readonly path: readonly string[];
  readonly reach: readonly string[];
}

/** A pod of a rendered workload: an address, a volume, Secrets as the kubelet brings them, and its container. */
export class Pod implements Endpoint {
  readonly pod: string;
  readonly host: string;
  readonly disk: Disk | undefined;
  readonly #props: PodProps;
  readonly #folder: string;
  #container: Container | undefined;
  #secrets: ProjectedVolume | undefined;

  constructor(props: PodProps) {
    this.pod = props.name;
    this.host = props.host;
    this.disk = props.disk;
    this.#props = props;
    this.#folder = join(props.folder, props.name);
    mkdirSync(join(this.#folder, 'scratch'), { recursive: true });
    props.network.add(props.name);
  }

  get address(): string {
    return this.#props.network.addressOf(this.host);
  }

  get container(): Container {
    if (this.#container === undefined) throw new Error(`${this.pod} was never started`);
    return this.#container;
  }

  /** A new pod under the old name: a new address, the same volume. */
  start(secrets: SecretData): void {
    const { network, workload, image, disk, name } = this.#props;
    const address = network.assign(name, this.host);
    const volumes = workload.volumes({ folder: this.#folder, data: disk?.folder, secrets });
    this.#secrets = volumes.secrets;
    this.#container = new Container({
      pod: name,
      command: workload.command.length > 0 ? workload.command : image.command,
      env: { PATH: searchPath(image), ...workload.env({ name, address }), NAMES_FILE: '' },
      mounts: [[network.hostsFile, '/etc/hosts'], ...image.mounts, ...workload.mounts(volumes, disk?.folder)],
      user: workload.user,
      workingDir: image.workingDir,
      scratch: join(this.#folder, 'scratch'),
      reach: image.reach,
    });
    this.#container.start();
  }

  /** What `kubectl delete pod` does, without its successor: the controller starts that. */
  async delete(): Promise<void> {
    await this.container.terminate(this.#props.workload.graceSeconds);
    this.#props.network.release(this.host);
  }

  bring(secrets: SecretData): void {
    this.#secrets?.update(secrets);
  }

  async ready(): Promise<boolean> {
    return (await this.container.exec(this.#props.workload.readinessCommand)).code === 0;
  }

  async destroy(): Promise<void> {
    await this.#container?.kill();
  }
}

/** The image of the store or of restic: programs in the line that ships, BusyBox' shell and tools first. */
export function shellImage(folder: string, { store, restic }: Programs): Image {
  const tools = join(folder, 'busybox');
  mkdirSync(tools);
  execFileSync(findProgram('busybox') ?? 'busybox', ['--install', '-s', tools]);
  const folders = [store, ...(restic === undefined ? [] : [restic])].map((program) => dirname(program));
  return {
    mounts: [[tools, '/opt/busybox']],
    workingDir: '/data',
    command: [],
    path: ['/opt/busybox', ...folders],
    reach: folders.flatMap(parents),
  };
}

export function searchPath({ path }: Image): string {
  return [...path, '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
}

/** The application's image: the bundle, and this machine's Node. */
export function appImage(bundle: string): Image {
  return {
    mounts: [[bundle, '/app']],
    workingDir: '/app',
    command: [process.execPath, 'main.mjs'],
    path: [],
    reach: parents(dirname(process.execPath)),
  };
}

/** A folder and those above it, which a user of the image must be able to pass. */
function parents(folder: string): string[] {
  return folder === '/' ? [] : [...parents(dirname(folder)), folder];
}
