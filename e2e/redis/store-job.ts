import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { versionOf } from '../../charts/constructs/labels.ts';
import { IMAGES } from '../../charts/images.ts';
import type { EnvironmentWithStore as Environment } from '../../charts/plan/environment.ts';
import { at, theOnly } from '../../test/manifests.ts';
import { requireProgram } from '../../test/requires.ts';
import type { RedisGroup } from './redis-group.ts';
import { renderedFiles, renderedStore } from './rendered.ts';

/** restic in the version of its image; undefined on a laptop without it, an error under CI=true. */
export function requireRestic(): string | undefined {
  const path = requireProgram('restic');
  if (path === undefined) return undefined;
  const wanted = versionOf(IMAGES.restic);
  const found = execFileSync(path, ['version'], { encoding: 'utf8' });
  if (found.startsWith(`restic ${wanted} `)) return path;
  if (process.env['CI'] === 'true') throw new Error(`restic ${wanted} is not there: .ci/install-backup-programs`);
  console.warn(`restic ${wanted} is not there (.ci/install-backup-programs): the tests that need it are skipped`);
  return undefined;
}

export interface Ended {
  readonly code: number | null;
  readonly log: string;
}

/** A snapshot as `restic snapshots --json` shows it. */
export interface ResticSnapshot {
  readonly id: string;
  readonly time: string;
  readonly tags?: readonly string[];
}

interface Step {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
}

export interface StoreJobProps {
  readonly group: RedisGroup;
  readonly environment: Environment;
  readonly restic: string;
  /** What the Secret of the repository holds. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The jobs of the store as processes of this machine: the steps of the rendered CronJobs, each with the mounts of its container. */
export class StoreJobs {
  /** The repository, where the target is a volume. */
  readonly repository: string;
  readonly #props: StoreJobProps;
  readonly #config: string;
  readonly #secrets: string;

  constructor(props: StoreJobProps) {
    this.#props = props;
    const { folder } = props.group;
    this.repository = join(folder, 'repository');
    this.#config = join(folder, 'jobs-config');
    this.#secrets = join(folder, 'repository-secrets');
    for (const path of [this.#config, this.#secrets]) mkdirSync(path);
    const files = renderedFiles(props.environment, 'redis-backup');
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#config, name), text);
    for (const [name, text] of Object.entries(props.secrets)) writeFileSync(join(this.#secrets, name), text);
  }

  /** One pod of a job, with an empty work folder. */
  pod(name: 'redis-backup' | 'redis-restore', env: NodeJS.ProcessEnv = {}): JobPod {
    const steps = stepsOf(this.#props.environment, name);
    const work = mkdtempSync(join(this.#props.group.folder, 'work-'));
    return new JobPod(steps, work, (step) => ({ ...this.#environment(step), WORK_DIR: work, ...env }), this.#config);
  }

  run(name: 'redis-backup' | 'redis-restore', env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.pod(name, env).run();
  }

  /** restic beside the jobs, as a person uses it. */
  async restic(...args: string[]): Promise<string> {
    const settings = renderedFiles(this.#props.environment, 'redis-backup')['settings.sh'] ?? '';
    const rendered = /^RESTIC_REPOSITORY='(.*)'$/m.exec(settings)?.[1] ?? '';
    const env = {
      ...process.env,
      RESTIC_REPOSITORY: rendered.startsWith('s3:') ? rendered : this.repository,
      RESTIC_PASSWORD: this.#props.secrets['restic-password'],
      AWS_ACCESS_KEY_ID: this.#props.secrets['s3-access-key'],
      AWS_SECRET_ACCESS_KEY: this.#props.secrets['s3-secret-key'],
      AWS_DEFAULT_REGION: 'eu-test-1',
    };
    const { stdout } = await promisify(execFile)(this.#props.restic, ['--no-cache', ...args], { env });
    return stdout;
  }

  async snapshots(tag: string): Promise<ResticSnapshot[]> {
    return JSON.parse(await this.restic('snapshots', '--tag', tag, '--json')) as ResticSnapshot[];
  }

  #environment({ image }: Step): NodeJS.ProcessEnv {
    const { group, restic } = this.#props;
    const path = `${dirname(restic)}:${group.network.environment['PATH']}`;
    const common = {
      ...group.network.environment,
      CONFIG_DIR: this.#config,
      RUN_DIR: join(group.folder, 'jobs-run'),
      TLS_DIR: group.certificates?.folderOf('redis-backup'),
    };
    return image === IMAGES.restic
      ? { ...common, ...this.#volume(), PATH: path, SECRETS_DIR: this.#secrets }
      : { ...common, SECRETS_DIR: group.secretsFolder };
  }

  #volume(): NodeJS.ProcessEnv {
    const { redis } = this.#props.environment;
    const persistence = redis.kind === 'external' ? null : redis.persistence;
    const target = persistence?.kind === 'volume' ? persistence.backup?.target : undefined;
    return target?.kind === 'volume' ? { REPOSITORY_DIR: this.repository } : {};
  }
}

/** The containers of a pod, one after the other, until one fails or the pod is killed. */
export class JobPod {
  log = '';
  readonly work: string;
  readonly #steps: readonly Step[];
  readonly #environment: (step: Step) => NodeJS.ProcessEnv;
  readonly #config: string;
  #child: ChildProcess | undefined;

  constructor(steps: readonly Step[], work: string, environment: (step: Step) => NodeJS.ProcessEnv, config: string) {
    this.#steps = steps;
    this.work = work;
    this.#environment = environment;
    this.#config = config;
  }

  /** All steps, or those with these names. */
  async run(...names: string[]): Promise<Ended> {
    let code: number | null = 0;
    for (const step of this.#steps.filter(({ name }) => names.length === 0 || names.includes(name))) {
      code = await this.#runStep(step);
      if (code !== 0) break;
    }
    if (names.length === 0) rmSync(this.work, { recursive: true, force: true });
    return { code, log: this.log };
  }

  /** What the end of its node is for everything in it. */
  kill(): void {
    if (this.#child?.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
  }

  async #runStep(step: Step): Promise<number | null> {
    const [shell = '', script = '', ...args] = step.command;
    const child = spawn(shell, [join(this.#config, script.split('/').at(-1) ?? ''), ...args], {
      env: this.#environment(step),
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return code;
  }
}

function stepsOf(environment: Environment, name: string): Step[] {
  const pod = at(theOnly(renderedStore(environment), 'CronJob', name), 'spec.jobTemplate.spec.template.spec');
  return [at(pod, 'initContainers'), at(pod, 'containers')].flat() as Step[];
}
