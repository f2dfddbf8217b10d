import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../delivery/run.ts';
import { eventually } from '../../test/eventually.ts';

/** Programs, images and root file systems, kept between runs; safe to delete. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quotes-platform', 'cluster');
/** Programs that were built. */
export const BIN = join(CACHE, 'bin');
/** Set to `yes`, or `--full` given, where the cluster has an ingress controller and monitoring programs, too: they take as long to compile as all the rest. */
export const FULL_VARIABLE = 'CLUSTER_FULL';
export const FULL = process.env[FULL_VARIABLE] === 'yes' || process.argv.includes('--full');
/** State of the cluster that runs: certificates, logs, process ids, data of etcd and of the nodes. */
export const RUN = join(CACHE, 'run');
/** Below which the kubelets have their control groups, in each hierarchy. */
export const CGROUPS = '/sys/fs/cgroup';
export const CGROUP = 'suite-cluster';
/** Of the control plane and of what each node runs beside pods. */
const SYSTEM_GROUP = join(CGROUPS, 'cpu', CGROUP, 'system');
/** What a program on its own weighs for the processor. */
const WEIGHT = 1_024;
/** The kubeconfig of a cluster administrator. */
export const KUBECONFIG = join(RUN, 'admin.conf');

export interface ShellOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** @default - ten minutes */
  readonly timeoutMs?: number;
}

/**
 * Runs a program to its end and returns its standard output.
 * @throws Error with what it said when it fails
 */
export async function sh(program: string, args: readonly string[], options: ShellOptions = {}): Promise<string> {
  const env = { ...options.env, PATH: `${BIN}:${process.env['PATH']}:/usr/sbin:/sbin` };
  // A program that starts in a folder that is not there counts as missing.
  mkdirSync(CACHE, { recursive: true });
  const { code, stdout, stderr } = await run(program, args, { cwd: CACHE, ...options, env });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}\n${stderr}${stdout}`);
  return stdout;
}

/** The same, for what may fail: whether it succeeded. */
export async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return await sh(program, args).then(
    () => true,
    () => false,
  );
}

/** Starts a program that stays; its log and its process id are in RUN, so that any process can end it. */
export function startDaemon(name: string, program: string, args: readonly string[]): void {
  mkdirSync(join(RUN, 'log'), { recursive: true });
  mkdirSync(join(RUN, 'pid'), { recursive: true });
  const log = openSync(join(RUN, 'log', `${name}.log`), 'a');
  const env = { ...process.env, PATH: `${BIN}:${process.env['PATH']}:/usr/sbin:/sbin` };
  const child = spawn(program, [...args], { detached: true, stdio: ['ignore', log, log], env });
  closeSync(log);
  child.on('error', () => {});
  child.unref();
  if (child.pid === undefined) throw new Error(`${program} cannot be started`);
  writeFileSync(join(RUN, 'pid', name), String(child.pid));
  weigh();
  writeFileSync(join(SYSTEM_GROUP, 'cgroup.procs'), String(child.pid));
}

/** The cluster counts as the machines that it stands for, beside what loads and measures it; what runs the pods counts as much as the pods of three nodes. */
function weigh(): void {
  mkdirSync(SYSTEM_GROUP, { recursive: true });
  writeFileSync(join(SYSTEM_GROUP, '..', 'cpu.shares'), String(10 * WEIGHT));
  writeFileSync(join(SYSTEM_GROUP, 'cpu.shares'), String(3 * WEIGHT));
}

/** Takes away every mount below a folder. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const mount of mounts.reverse()) await succeeds('umount', ['-l', mount]);
}

/** Ends what still runs in a control group and removes the group, in every hierarchy. */
export async function removeCgroup(name: string): Promise<void> {
  for (const controller of readdirSync(CGROUPS)) {
    const top = join(CGROUPS, controller, name);
    if (!existsSync(top)) continue;
    await eventually(
      () => {
        for (const group of groupsBelow(top)) endGroup(group);
      },
      { withinMs: 20_000 },
    );
  }
}

/** The deepest first, as the kernel wants them removed. */
function groupsBelow(group: string): string[] {
  const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap(({ name }) => groupsBelow(join(group, name))), group];
}

/** @throws Error while processes are in it */
function endGroup(group: string): void {
  for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  rmdirSync(group);
}

/** Ends daemons whose names match, each with its whole process group, and waits until they are gone. */
export async function stopDaemons(matching: RegExp = /./): Promise<void> {
  const folder = join(RUN, 'pid');
  if (!existsSync(folder)) return;
  await Promise.all(
    readdirSync(folder)
      .filter((name) => matching.test(name))
      .map((name) => stopDaemon(join(folder, name))),
  );
}

/** Ends daemons whose names match as a power failure does. */
export function killDaemons(matching: RegExp): void {
  const folder = join(RUN, 'pid');
  for (const name of readdirSync(folder).filter((found) => matching.test(found))) {
    signalGroup(Number(readFileSync(join(folder, name), 'utf8')), 'SIGKILL');
    rmSync(join(folder, name));
  }
}

/** Whether the process group was there. */
function signalGroup(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, name);
  } catch {
    return false;
  }
}

async function stopDaemon(file: string): Promise<void> {
  const pid = Number(readFileSync(file, 'utf8'));
  const signal = (name: NodeJS.Signals | 0) => signalGroup(pid, name);
  const gone = (withinMs: number) =>
    eventually(
      () => {
        if (signal(0)) throw new Error(`process ${pid} goes on`);
      },
      { withinMs },
    );
  signal('SIGTERM');
  await gone(5_000).catch(() => signal('SIGKILL'));
  await gone(5_000);
  rmSync(file);
}
