import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { METRICS } from '../contract.ts';
import { ask } from './ask.ts';
import { type PortPlan, planPorts, readFrontPort } from './ports.ts';

const root = join(import.meta.dirname, '../..');
/** How long a process stays frozen, and how long the platform may take to show that something is wrong, and to serve again. */
const FROZEN_MS = 8_000;
const NOTICED_WITHIN_MS = 10_000;
const SERVED_WITHIN_MS = 30_000;
const PATIENCE_MS = 1_500;

interface Fault {
  /** What a user would report. */
  readonly report: string;
  /** The runbook whose alert would fire. */
  readonly page: string;
  readonly target: 'quotes' | 'store';
  readonly signal: 'SIGKILL' | 'SIGSTOP';
  /** A figure that the page tells to look at; another value than before shows the fault. */
  readonly figure: (ports: PortPlan) => Promise<number>;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'service-killed': {
    report: 'For a moment the pages showed no quote.',
    page: 'ContainerCrashLooping',
    target: 'quotes',
    signal: 'SIGKILL',
    figure: statusOf,
  },
  'service-frozen': {
    report: 'The pages take for ever, and then show no quote.',
    page: 'TargetDown',
    target: 'quotes',
    signal: 'SIGSTOP',
    figure: async ({ admin }) => (await ask(`http://127.0.0.1:${admin.quotes}/metrics`, PATIENCE_MS)).status,
  },
  'store-frozen': {
    report: 'Nothing can be read or saved; every page says so.',
    page: 'ServiceLostRedis',
    target: 'store',
    signal: 'SIGSTOP',
    figure: statusOf,
  },
  'store-killed': {
    report: 'Saving failed for a moment.',
    page: 'RedisDown',
    target: 'store',
    signal: 'SIGKILL',
    figure: async ({ admin }) => {
      const { text } = await ask(`http://127.0.0.1:${admin.quotes}/metrics`, PATIENCE_MS);
      return Number(new RegExp(`^${METRICS.redisReconnects}\\{[^}]*\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
    },
  },
};

const USAGE = `Breaks one thing in the platform of npm run dev, and measures until it serves again. Data in a server of its own is kept.

  npm run game-day                     a fault chosen at random; which one is said at the end
  npm run game-day -- store-frozen     this one
  npm run game-day -- --port 9000      the platform with this front port
  npm run game-day -- --list           the faults

Exit codes: 0 noticed and served again; 1 not within its time; 2 the command line is wrong, or nothing runs there.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return print(USAGE);
  const faults = Object.entries(FAULTS);
  const names = faults.map(([name]) => name);
  if (values.list) return print(`${names.join('\n')}\n`);
  const port = values.port ?? process.env['DEV_PORT'];
  const ports = planPorts(port === undefined ? undefined : readFrontPort(port));
  const processes = processesOf(ports);
  const possible = faults.flatMap(([name, { target }]) => (processes[target] === undefined ? [] : [name]));
  const name = positionals[0] ?? possible[Math.floor(Math.random() * possible.length)];
  if (name === undefined) throw new Error('the platform runs nothing now that can break');
  const fault = FAULTS[name];
  if (fault === undefined) throw new Error(`'${name}' is not a fault; there is ${names.join(', ')}`);
  const pid = processes[fault.target];
  if (pid === undefined)
    throw new Error(
      `the platform runs no ${fault.target} of its own now; what can break: ${possible.join(', ') || 'nothing'}`,
    );
  if ((await statusOf(ports)) !== 200)
    throw new Error('the platform does not serve; wait until it does, then break it');
  return await rehearse(name, fault, { ports, pid });
}

async function rehearse(name: string, fault: Fault, { ports, pid }: { ports: PortPlan; pid: number }): Promise<number> {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1_000).toFixed(1);
  const thaw = () => fault.signal === 'SIGSTOP' && signal(pid, 'SIGCONT');
  process.once('exit', thaw);
  for (const end of ['SIGINT', 'SIGTERM'] as const) process.once(end, () => process.exit(1));
  const before = await fault.figure(ports);
  signal(pid, fault.signal);
  print(`Somebody writes: "${fault.report}" Your turn: what is it?\n`);
  const noticed = await within(NOTICED_WITHIN_MS, async () => (await fault.figure(ports)) !== before);
  if (noticed) print(`After ${seconds()} s what the runbook asks for shows it.\n`);
  if (fault.signal === 'SIGSTOP') await within(FROZEN_MS - (performance.now() - began), async () => false);
  thaw();
  const served = await within(SERVED_WITHIN_MS, async () => (await statusOf(ports)) === 200);
  print(`${served ? `Served again after ${seconds()} s.` : 'It does not serve again.'} It was ${name}.\n`);
  const page = join('docs/runbooks', `${fault.page}.md`);
  print(`The page: ${page}. Did it lead you here? If not, mend it.\n`);
  return noticed && served && existsSync(join(root, page)) ? 0 : 1;
}

/** Processes of the platform by what a fault breaks. With the emulation all services are one, and it is their store too. */
function processesOf(ports: PortPlan): Partial<Record<Fault['target'], number>> {
  const lock = join(process.env['DEV_DATA'] ?? join(root, '.data', String(ports.http.front), 'store'), 'runner.pid');
  if (!existsSync(lock)) throw new Error(`no platform runs on port ${ports.http.front}; start one with npm run dev`);
  const runner = readFileSync(lock, 'utf8').trim();
  // BSD's `e` shows the environment of one's own processes, on Linux and macOS alike.
  const lines = execFileSync('ps', ['eww', '-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const children = lines.split('\n').map((line) => /^\s*(\d+)\s+(\d+)\s(.*)$/.exec(line) ?? []);
  const find = (isMeant: RegExp) => {
    const found = children.find(([, , parent, args = '']) => parent === runner && isMeant.test(args));
    return found && Number(found[1]);
  };
  const store = find(new RegExp(`--port ${ports.redis} `));
  const quotes = find(/ SERVICE=quotes( |$)|[\\/]emulated\.(mjs|ts) /);
  return { ...(store && { store }), ...(quotes && { quotes }) };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile, and the runner starts another one.
  }
}

async function statusOf({ http }: PortPlan): Promise<number> {
  return (await ask(`http://127.0.0.1:${http.quotes}/quotes/random`, PATIENCE_MS)).status;
}

async function within(limitMs: number, holds: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    if (await holds()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`game-day: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
