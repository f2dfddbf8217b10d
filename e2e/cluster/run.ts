import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT } from '../../root.ts';
import { Cluster, required } from './cluster.ts';
import { FULL, FULL_VARIABLE } from './machine.ts';
import { forget, rows, table } from './report.ts';

/** Runs the tests (FILE... or all), prints the report, and removes the cluster unless it was there before. `--full`: with Traefik, Prometheus and every test. */
async function main(args: readonly string[]): Promise<number> {
  if (await required()) return 0;
  const cluster = new Cluster();
  const found = await cluster.isUp();
  forget();
  const started = performance.now();
  let tests: ChildProcess | undefined;
  let isStopped = false;
  // Ctrl-C reaches the tests, or what a start of the cluster runs, by itself; this process stays to remove the cluster.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      isStopped = true;
      tests?.kill(signal);
    });
  try {
    // Here and not in the first test file, whose hook would have to wait for a compiler.
    await cluster.up(console.log);
    if (isStopped) return 1;
    const command = ['vitest', 'run', '--project', 'cluster', ...args.filter((arg) => arg !== '--full')];
    const env = { ...process.env, ...(FULL ? { [FULL_VARIABLE]: 'yes' } : {}) };
    tests = spawn('npx', command, { cwd: ROOT, stdio: 'inherit', env });
    const [code] = (await once(tests, 'exit')) as [number | null];
    console.log(`${table(rows())}\nthe tests took ${Math.round((performance.now() - started) / 1_000)} s`);
    return code ?? 1;
  } finally {
    if (!found) await cluster.down();
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  return 1;
});
