import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENV, type ServiceName } from '../contract.ts';
import type { ChildEvents } from './child.ts';
import { Recorder } from './dashboard/recorder.ts';
import { startDashboard } from './dashboard/server.ts';
import { DataFolder } from './data-folder.ts';
import { readableLine } from './log-line.ts';
import { type DevOptions, readOptions, USAGE } from './options.ts';
import { Platform } from './platform.ts';
import { type PortPlan, planPorts, takenPorts } from './ports.ts';
import { Programs } from './programs.ts';
import { postSeed } from './seed.ts';
import { addressOf, DEV_ADMIN_KEY } from './service-env.ts';
import { chooseStore, describeStore } from './store.ts';
import { servicesOf, watchFolder } from './watch.ts';

/** Beyond this the runner says that something is wrong, and waits on. */
const EXPECTED_MS = 20_000;
const PREPARE_AFTER_MS = 3_000;

const root = join(import.meta.dirname, '../..');

async function main(args: readonly string[]): Promise<void> {
  const envFile = join(root, '.env');
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const options = readOptions(args, process.env);
  const data = new DataFolder(process.env['DEV_DATA'] ?? join(root, '.data', String(options.frontPort), 'store'));
  switch (options.command) {
    case 'help':
      return void process.stdout.write(USAGE);
    case 'reset':
      data.remove();
      return console.log(`Removed ${data.path}`);
    case 'seed':
      return console.log(await postSeed(addressOf(planPorts(options.frontPort), 'quotes'), adminKey()));
    case 'run':
      return run(options, data);
  }
}

/** The whole platform, restarted when its sources change, stopped by Ctrl-C. */
async function run({ only, frontPort, host }: DevOptions, data: DataFolder): Promise<void> {
  const ports = await freePorts(frontPort, only);
  const store = chooseStore(process.env);
  // Where the store is somebody else's nothing is kept here, and nothing may be broken on purpose.
  if (store.kind !== 'given') data.acquire();
  const folder = join(root, '.data', String(frontPort), 'programs');
  const programs = new Programs({ root, folder, store: store.kind });
  const recorder = new Recorder();
  const platform = new Platform({
    store,
    services: only,
    ports,
    host,
    programs,
    dataFolder: data.path,
    env: process.env,
    events: shownAndKept(recorder),
  });
  console.log(`Data: ${describeStore(store, data.path)}.`);
  const redisUrl = store.kind === 'given' ? store.url : `redis://127.0.0.1:${ports.redis}`;
  const dashboard = { recorder, services: only, ports, redisUrl: store.kind === 'emulated' ? undefined : redisUrl };
  await startDashboard(dashboard);
  platform.startStore();
  endWith(platform, data);
  // One after the other: a change during a build or a restart must neither build at once nor start a service twice.
  let work = programs.begin().then((begun) => {
    if (begun) platform.startServices();
  });
  const next = (step: () => Promise<unknown>) => {
    work = work.then(step).then(
      () => undefined,
      (error: unknown) => console.error(`It cannot be started anew: ${String(error)}; what ran before runs on.`),
    );
  };
  /** What has changed and does not run yet: also what did not compile at its own time. */
  const pending = new Set<string>();
  const onChange = (files: readonly string[]) => {
    for (const file of files) pending.add(file);
    next(() => restart({ platform, programs, pending, only }));
  };
  // Watched from the beginning: whoever reads "Ready" may save a file in the same second.
  await Promise.all([watchFolder({ folder: join(root, 'app'), onChange }), work]);
  await announce(platform, only, ports);
  // The first change then waits for no more than those after it; the first page, which is opened now, for nothing.
  setTimeout(() => next(() => programs.build()), PREPARE_AFTER_MS).unref();
}

/** What the processes say, for a person and for the dashboard. */
function shownAndKept(recorder: Recorder): ChildEvents {
  return {
    onLine: (name, line) => {
      recorder.addLine(name, line);
      console.log(readableLine(name, line));
    },
    onCrash: (name, code, pauseMs) =>
      console.error(readableLine(name, `ended by itself (${code}); starts again in ${pauseMs / 1_000} s`)),
  };
}

/**
 * The ports of this platform.
 * @throws Error where something listens on one of them
 */
async function freePorts(frontPort: number, services: readonly ServiceName[]): Promise<PortPlan> {
  const ports = planPorts(frontPort);
  const taken = await takenPorts(ports, services);
  if (taken.length === 0) return ports;
  throw new Error(
    `Something listens on ${taken.join(', ')} already; end it, or choose another front port with --port.`,
  );
}

function adminKey(): string {
  return process.env[ENV.adminKey] ?? DEV_ADMIN_KEY;
}

async function announce(platform: Platform, services: readonly ServiceName[], ports: PortPlan): Promise<void> {
  const ready = await platform.ready(EXPECTED_MS);
  const seconds = process.uptime().toFixed(1);
  if (!ready) console.error('Not every service is ready; the lines above tell why.');
  // In one piece: whoever waits for its beginning reads all of it.
  const lines = [
    ...(ready ? [`Ready in ${seconds} s:`] : []),
    ...services.map((name) => `  ${name.padEnd(9)} ${addressOf(ports, name)}`),
    `  dashboard http://localhost:${ports.dashboard}`,
    `Admin key: ${adminKey()}. Ctrl-C stops everything.`,
  ];
  console.log(lines.join('\n'));
}

interface Restart {
  readonly platform: Platform;
  readonly programs: Programs;
  readonly pending: Set<string>;
  readonly only: readonly ServiceName[];
}

/** What does not compile leaves running what does. */
async function restart({ platform, programs, pending, only }: Restart): Promise<void> {
  const started = performance.now();
  const files = [...pending].sort();
  if (files.length === 0) return;
  console.log(`${listed(files)} changed`);
  if (!(await programs.build())) return console.error('It does not compile; what ran before runs on.');
  const restarted = await platform.restart(servicesOf(files, only));
  for (const file of files) pending.delete(file);
  const ready = await platform.ready(EXPECTED_MS);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const again = `Ready again in ${seconds} s; restarted: ${restarted.join(', ') || 'nothing'}`;
  console.log(ready ? again : 'Not every service is ready; the lines above tell why.');
}

/** A change of branch changes hundreds. */
function listed([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
}

/** First signal: in order. Second one: at once. */
function endWith(platform: Platform, data: DataFolder): void {
  let asked = false;
  const stop = () => {
    if (asked) {
      platform.kill();
      process.exit(1);
    }
    asked = true;
    console.log('Stopping');
    platform.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  // Whatever ends the runner (a closed pipe, an error), nothing of the platform is left behind.
  process.stdout.on('error', stop);
  process.on('exit', () => {
    platform.kill();
    data.release();
  });
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
