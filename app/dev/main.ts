import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../contract.ts';
import { readableLine } from './log-line.ts';
import { Platform } from './platform.ts';
import { FRONT_PORT, planPorts } from './ports.ts';
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
  const ports = planPorts(Number(process.env['DEV_PORT'] ?? FRONT_PORT));
  const taken = await takenPorts(ports);
  if (taken.length > 0) {
    console.error(
      `Something listens on ${taken.join(', ')} already; end it, or choose another front port with DEV_PORT.`,
    );
    process.exit(1);
  }
  const store = chooseStore(process.env);
  const platform = new Platform({
    store,
    ports,
    root,
    dataFolder: process.env['DEV_DATA'] ?? join(root, '.data', 'redis'),
    env: process.env,
    events: {
      onLine: (name, line) => console.log(readableLine(name, line)),
      onCrash: (name, code) => console.error(`${name} ended by itself (${code}); it starts again with the next change`),
    },
  });
  console.log(`Data: ${describeStore(store)}.`);
  platform.start();
  endWith(platform);
  await announce(platform, addressOf(ports, 'front'));
  // One restart after the other: a change during a restart must not start a service twice.
  let restarts = Promise.resolve();
  const onChange = (file: string) => {
    restarts = restarts.then(() => restart(platform, file));
  };
  watchFolder({ folder: join(root, 'app'), onChange });
}

async function announce(platform: Platform, address: string): Promise<void> {
  if (!(await platform.ready(EXPECTED_MS))) console.error('Not every service is ready; the lines above tell why.');
  const seconds = process.uptime().toFixed(1);
  console.log(`Ready in ${seconds} s: ${address}`);
  console.log(`Admin key: ${process.env[ENV.adminKey] ?? DEV_ADMIN_KEY}. Ctrl-C stops everything.`);
}

async function restart(platform: Platform, file: string): Promise<void> {
  console.log(`${file} has changed: restarting`);
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

await main();
