import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../root.ts';
import { findProgram } from '../../test/requires.ts';
import { SETTINGS } from './settings.ts';

/**
 * `npm run test:durability [-- --full] [--runs N] [--only TEXT,TEXT] [--slice K/N]`: the suite inside network, mount and process namespaces of its own.
 * The full matrix writes docs/explanation/durability.md, leaves out what is recorded for this commit, and can be split over processes by `--slice`.
 * Whatever the suite makes (links, mounts, loop devices, processes) ends with them, however it ends.
 */
const USAGE = `Breaks production's store in namespaces of its own, and counts what was acknowledged and lost (Linux, root).

  npm run test:durability                          the short matrix, as CI runs it
  npm run test:durability -- --full --runs 5       every line, five times; writes docs/explanation/durability.md
  npm run test:durability -- --only TEXT,TEXT      the lines with these texts
  ... --slice 1/4                                  a quarter of them

Exit codes: 0 nothing was lost, or skipped because something is missing here (not with CI=true); 1 a line failed.
`;
const PROGRAMS = ['ip', 'setpriv', 'unshare', 'nsenter', 'chroot', 'mkfs.ext4', 'fsfreeze', 'fallocate', 'perl'];

const ENTER = [
  // A volume that is unmounted here is to be gone from the pods as well: a file system lives as long as anybody has it mounted.
  'mount --make-rshared /',
  'mkdir -p /run/netns',
  'mount -t tmpfs tmpfs /run/netns',
  // A container's own /dev lacks the loop devices that appear later.
  'mount -t devtmpfs devtmpfs /dev 2>/dev/null || true',
  'ip link set lo up',
  'exec "$@"',
].join('\n');

/** What this machine lacks; undefined where it has everything. */
function lacking(): string | undefined {
  if (process.platform !== 'linux') return 'Linux';
  if (process.getuid?.() !== 0) return 'root';
  return PROGRAMS.find((program) => findProgram(program) === undefined);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      full: { type: 'boolean' },
      runs: { type: 'string' },
      only: { type: 'string' },
      slice: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const missing = lacking();
  if (missing !== undefined) {
    console.warn(`the durability suite needs ${missing}, which this machine does not give: skipped`);
    return process.env['CI'] === 'true' ? 1 : 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'durability-'));
  const env = {
    ...process.env,
    PATH: `${process.env['PATH']}:/usr/sbin:/sbin`,
    TMPDIR: folder,
    [SETTINGS.inside]: 'yes',
    [SETTINGS.full]: values.full === true ? 'yes' : '',
    [SETTINGS.runs]: values.runs ?? '1',
    [SETTINGS.only]: values.only ?? '',
    [SETTINGS.slice]: values.slice ?? '1/1',
  };
  try {
    return await inNamespaces(['node_modules/.bin/vitest', 'run', '--project', 'durability'], env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a command in namespaces that end with it, with Ctrl-C, and with this process. */
async function inNamespaces(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const namespaces = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const bound = ['--pdeathsig', 'KILL', 'unshare', ...namespaces];
  const child = spawn('setpriv', [...bound, 'sh', '-ec', ENTER, 'sh', ...command], {
    cwd: ROOT,
    env,
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => child.kill('SIGKILL'));
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main();
