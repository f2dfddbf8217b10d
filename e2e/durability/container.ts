import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Mounts that a container sees, from the source on this machine to the path inside. */
export type Mounts = readonly (readonly [source: string, path: string])[];

export interface ContainerProps {
  readonly pod: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: Mounts;
  readonly user: number;
  readonly workingDir: string;
  /** An empty folder for the container's own mounts. */
  readonly scratch: string;
  /** Folders of this machine that the container's user has to reach, such as a cache in somebody's home. */
  readonly reach: readonly string[];
}

/** What is kept of a log: the last of its writes. */
const LOG_CHUNKS = 200;

/** The root of a container: this machine's files below, so that nothing outside the mounts is changed. */
const ROOT = `
set -e
scratch=$1 user=$2 folder=$3; shift 3
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
while [ "$1" != -- ]; do
  [ -d "$1" ] && mkdir -p "$scratch/root$2" || [ -e "$scratch/root$2" ] || touch "$scratch/root$2"
  mount --bind "$1" "$scratch/root$2"; shift 2
done; shift
while [ "$1" != -- ]; do chmod o+x "$scratch/root$1"; shift; done; shift
mount --rbind /dev "$scratch/root/dev"
mount -t proc proc "$scratch/root/proc"
exec chroot --userspec="$user:$user" "$scratch/root" env -i "$@"`;

/** One container as the kubelet starts it: the rendered command as PID 1 of namespaces of its own, started again when it ends by itself. */
export class Container {
  readonly #props: ContainerProps;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #wanted = false;
  #restarts = 0;
  readonly #log: string[] = [];
  readonly #watches = new Set<(text: string) => void>();

  constructor(props: ContainerProps) {
    this.#props = props;
  }

  /** The end of what it wrote, over all restarts. */
  get log(): string {
    return this.#log.join('');
  }

  /** How often it has ended by itself. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when it writes a text from now on. */
  says(text: string): Promise<void> {
    return new Promise((resolve) => {
      const watch = (chunk: string) => {
        if (!chunk.includes(text)) return;
        this.#watches.delete(watch);
        resolve();
      };
      this.#watches.add(watch);
    });
  }

  start(): void {
    this.#wanted = true;
    const { pod, command, env, mounts, user, workingDir, scratch, reach } = this.#props;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const inside = ['sh', '-c', 'cd "$0" && exec "$@"', workingDir, ...command];
    const args = [scratch, String(user), workingDir, ...mounts.flat(), '--', ...reach, '--', ...variables, ...inside];
    const apart = ['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child'];
    const namespaces = [`--net=/run/netns/${pod}`, 'unshare', ...apart];
    // A group of its own, in which every process of the container stays: signals reach all of them.
    const child = spawn('nsenter', [...namespaces, 'sh', '-c', ROOT, pod, ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        for (const watch of this.#watches) watch(text);
        this.#log.push(text);
        if (this.#log.length > LOG_CHUNKS) this.#log.shift();
      });
    }
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    child.once('exit', () => this.#restart(child));
  }

  /** Runs to its end once, as a step of a job does. */
  async run(): Promise<number | null> {
    this.start();
    this.#wanted = false;
    await this.#ended;
    return this.#child?.exitCode ?? null;
  }

  /** SIGTERM to PID 1, as the kubelet sends it; SIGKILL to what is left after the grace period. */
  async terminate(graceSeconds: number): Promise<void> {
    this.#wanted = false;
    const init = this.#init();
    if (init !== undefined) process.kill(init, 'SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), graceSeconds * 1_000);
    await this.#ended;
    clearTimeout(timer);
  }

  /** The end of all its processes at once; nothing starts it again. */
  async kill(): Promise<void> {
    this.#wanted = false;
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** SIGKILL from outside: the kubelet starts it again at once, in the same pod. */
  async crash(): Promise<void> {
    const ended = this.#ended;
    this.signal('SIGKILL');
    await ended;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, signal);
  }

  /** Runs a command beside PID 1, as probes do. */
  exec(command: readonly string[]): Promise<{ code: number; output: string }> {
    const init = this.#init();
    if (init === undefined) return Promise.resolve({ code: -1, output: 'not running' });
    const { env, user } = this.#props;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const enter = ['--target', String(init), '--net', '--pid', '--mount', '--root', '--wd'];
    const as = ['--setuid', String(user), '--setgid', String(user), 'env', '-i', ...variables];
    return new Promise((resolve) => {
      const child = spawn('nsenter', [...enter, ...as, ...command], {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 10_000,
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      child.once('close', (code) => resolve({ code: code ?? -1, output }));
    });
  }

  /** The second end in a row waits a second, as a kubelet's back-off does for longer. */
  #restart(child: ChildProcess): void {
    if (!this.#wanted || this.#child !== child) return;
    this.#restarts += 1;
    setTimeout(() => this.#wanted && this.#child === child && this.start(), this.#restarts > 1 ? 1_000 : 0);
  }

  /** PID 1 of the container, as this machine counts: the only child of the program that made its namespaces. */
  #init(): number | undefined {
    const pid = this.#child?.pid;
    if (pid === undefined) return undefined;
    try {
      const [first] = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
        readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
      );
      return first === undefined ? undefined : Number(first);
    } catch {
      return undefined;
    }
  }
}
