import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startContender } from './contenders.ts';
import { loadStore } from './lab/load-store.ts';
import { wrk } from './lab/wrk.ts';
import type { Entry } from './workloads.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Recorded {
  readonly profile: {
    readonly nodes: readonly ProfileNode[];
    readonly samples: readonly number[];
    readonly timeDeltas: readonly number[];
  };
  readonly freed: number;
  readonly collections: number;
}

/** Where the time of one kind of request goes, and what it leaves for the collector. */
export interface Profile {
  readonly title: string;
  /** A line a function, indented by who calls it: the share of the busy time in it and what it calls, and in itself. */
  readonly tree: readonly string[];
  readonly bytesPerRequest: number;
  readonly microsecondsPerRequest: number;
}

const WARM_SECONDS = 3;
const SECONDS = 5;
/** Functions below this share of the busy time are left out. */
const LEAST_SHARE = 0.02;
const IDLE = ['(idle)', '(program)', '(root)'];

export async function profileOf(title: string, redisUrl: string, request: Entry['request']): Promise<Profile> {
  await loadStore(redisUrl, 10_000, ['ours']);
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  const file = join(folder, 'profile.json');
  const preload = pathToFileURL(join(import.meta.dirname, 'lab/profiled.mjs'));
  const server = await startContender('ours', {
    redisUrl,
    env: { NODE_OPTIONS: `--import=${preload}`, PROFILE_FILE: file },
  });
  const load = (seconds: number) =>
    'path' in request
      ? wrk({ url: `${server.url}${request.path}`, connections: 50, seconds })
      : wrk({ url: server.url, script: request.script, connections: 50, seconds });
  try {
    await load(WARM_SECONDS);
    process.kill(server.pid, 'SIGUSR2');
    await pause(500);
    const before = server.cpuSeconds();
    const { requests } = await load(SECONDS);
    const cpu = server.cpuSeconds() - before;
    process.kill(server.pid, 'SIGUSR2');
    while (!existsSync(file)) await pause(50);
    await pause(500);
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
    const microsecondsPerRequest = (cpu * 1e6) / requests;
    return { title, tree: treeOf(recorded), bytesPerRequest: recorded.freed / requests, microsecondsPerRequest };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A function as it was called from one place. */
interface Call {
  readonly name: string;
  readonly own: number;
  readonly total: number;
  readonly children: readonly Call[];
}

function treeOf({ profile }: Recorded): string[] {
  const [root] = callsOf(profile);
  const calls = (root?.children ?? []).filter(({ name }) => !IDLE.includes(name));
  const busy = calls.reduce((sum, { total }) => sum + total, 0);
  return linesOf(calls, busy, 0);
}

/** Callers come before those whom they call, so that a call is complete once all after it are. */
function callsOf({ nodes, samples, timeDeltas }: Recorded['profile']): readonly Call[] {
  const own = new Map<number, number>();
  for (const [index, id] of samples.entries()) own.set(id, (own.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const calls = new Map<number, Call>();
  for (const { id, callFrame, children: ids = [] } of nodes.toReversed()) {
    const children = ids.flatMap((child) => calls.get(child) ?? []).sort((one, other) => other.total - one.total);
    const time = own.get(id) ?? 0;
    const total = children.reduce((sum, child) => sum + child.total, time);
    calls.set(id, { name: nameOf(callFrame), own: time, total, children });
  }
  return nodes.slice(0, 1).flatMap(({ id }) => calls.get(id) ?? []);
}

function nameOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): string {
  const file = url.split('/').at(-1) ?? '';
  return file === '' ? functionName : `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}

function linesOf(calls: readonly Call[], busy: number, depth: number): string[] {
  const percent = (time: number) => `${((100 * time) / busy).toFixed(1)} %`.padStart(7);
  const large = calls.filter(({ total }) => total / busy >= LEAST_SHARE);
  return large.flatMap(({ name, own, total, children }) => [
    `${percent(total)} ${percent(own)}  ${'  '.repeat(depth)}${name}`,
    ...linesOf(children, busy, depth + 1),
  ]);
}
