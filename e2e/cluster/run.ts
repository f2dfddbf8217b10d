import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../../root.ts';
import { Cluster, missing } from './cluster.ts';
import { forget, rows, table } from './report.ts';

/** `npm run test:kubernetes [-- FILE...]`: runs the tests, prints the report, and removes the cluster unless it was there before. */
async function main(args: readonly string[]): Promise<number> {
  const lacking = await missing();
  if (lacking !== undefined) {
    console.warn(`${lacking}: the tests of a real cluster are skipped`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const cluster = new Cluster();
  const found = await cluster.isUp();
  forget();
  const started = performance.now();
  try {
    const command = ['vitest', 'run', '--project', 'cluster', ...args];
    const child = spawn('npx', command, { cwd: ROOT, stdio: 'inherit' });
    // Ctrl-C reaches the tests by themselves; this process stays to remove the cluster.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    console.log(`${table(rows())}\nthe tests took ${Math.round((performance.now() - started) / 1_000)} s`);
    return code ?? 1;
  } finally {
    if (!found) await cluster.down();
  }
}

process.exitCode = await main(process.argv.slice(2));
