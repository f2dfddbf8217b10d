import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../contract.ts';
import { readableLine } from './log-line.ts';
import { Platform } from './platform.ts';
import { FRONT_PORT, type PortPlan, planPorts, readFrontPort } from './ports.ts';
import { Programs } from './programs.ts';
import { addressOf, DEV_ADMIN_KEY } from './service-env.ts';
import { chooseStore, describeStore } from './store.ts';
import { takenPorts } from './taken-ports.ts';
import { watchFolder } from './watch.ts';

/** Beyond this the runner says that something is wrong, and waits on. */
const EXPECTED_MS = 20_000;

const root = join(import.meta.dirname, '../..');

/** `npm run dev`: the whole platform on a laptop, restarted when its sources change, stopped by Ctrl-C. */
async function main(): Promise<void> {
  const envFile = join(root, '.env');
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const ports = await freePorts(process.env['DEV_PORT']);
  const store = chooseStore(process.env);
  const dataFolder = process.env['DEV_DATA'] ?? join(root, '.data', 'redis');
  const programs = new Programs({
    root,
    folder: join(root, '.data', `programs-${ports.http.front}`),
    store: store.kind,
  });
  const platform = new Platform({
    store,
    ports,
    args: programs.args,
    dataFolder,
    env: process.env,
    events: {
      onLine: (name, line) => console.log(readableLine(name, line)),
      onCrash: (name, code) => console.error(`${name} ended by itself (${code}); it starts again with the next change`),
    },
  });
  console.log(`Data: ${describeStore(store, dataFolder)}.`);
  platform.startStore();
  endWith(platform);
  if (await programs.build()) platform.startServices();
  await announce(platform, addressOf(ports, 'front'));
  // One restart after the other: a change during a restart must not start a service twice.
  let restarts = Promise.resolve();
  const onChange = (file: string) => {
    restarts = restarts.then(() => restart({ platform, programs, file }));
  };
  watchFolder({ folder: join(root, 'app'), onChange });
}

/** The ports of this platform; ends the process where they cannot be had. */
async function freePorts(given: string | undefined): Promise<PortPlan> {
  const ports = planPorts(given === undefined ? FRONT_PORT : readFrontPort(given));
  const taken = await takenPorts(ports);
  if (taken.length === 0) return ports;
  console.error(
    `Something listens on ${taken.join(', ')} already; end it, or choose another front port with DEV_PORT.`,
  );
  process.exit(1);
}

async function announce(platform: Platform, address: string): Promise<void> {
  const ready = await platform.ready(EXPECTED_MS);
  const seconds = process.uptime().toFixed(1);
  if (ready) console.log(`Ready in ${seconds} s: ${address}`);
  else console.error('Not every service is ready; the lines above tell why.');
  console.log(`Admin key: ${process.env[ENV.adminKey] ?? DEV_ADMIN_KEY}. Ctrl-C stops everything.`);
}

interface Restart {
  readonly platform: Platform;
  readonly programs: Programs;
  /** What has changed. */
  readonly file: string;
}

/** What does not compile leaves running what does. */
async function restart({ platform, programs, file }: Restart): Promise<void> {
  console.log(`${file} has changed: restarting`);
  if (!(await programs.build())) {
    console.error('It does not compile; what ran before runs on.');
    return;
  }
  await platform.restart();
  console.log(
    (await platform.ready(EXPECTED_MS)) ? 'Ready again' : 'Not every service is ready; the lines above tell why.',
  );
}

/** First signal: in order. Second one: at once. */
function endWith(platform: Platform): void {
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
  process.on('exit', () => platform.kill());
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
