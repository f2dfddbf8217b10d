import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../../root.ts';
import { Cluster, required } from '../cluster.ts';
import { RUN } from '../machine.ts';
import { runInCluster } from '../platform.ts';
import { PRODUCTION, PRODUCTION_MS, runProduction } from '../production.ts';
import { record } from '../report.ts';

/** Why a command is not run here. */
const LEFT_OUT: readonly (readonly [command: RegExp, reason: string])[] = [
  [/ (?:delete pod|scale|patch|create job) /, 'changes production'],
  [/config set/, 'changes production'],
  [/^npm run rollback/, 'makes a branch: delivery/promote/rollback.test.ts'],
  [/ port-forward /, 'stays until it is ended; what stands behind it is asked in full/watching.test.ts'],
  [/--follow|--latency-history/, 'stays until it is ended'],
  [/ --previous/, 'asks for a container that has ended, and none has'],
  [/job\/redis-backup-\d+/, 'names a job of the example'],
  [/-n cert-manager logs/, 'the suite runs no cert-manager'],
];
const FOLDER = join(ROOT, 'docs/runbooks');

/** The commands of a page's shell blocks: a loop is one, and so is what an end of line interrupts. */
function commandsOf(page: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
  const whole = blocks.map((block) =>
    block.replace(/\\\n/g, '').replace(/^for .*?^done/gms, (loop) => loop.replace(/\n/g, ' ')),
  );
  const lines = whole.flatMap((block) => block.split('\n')).map((line) => line.replace(/ {2,}#.*/, '').trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}

describe.skipIf(await required())("the runbooks' commands", () => {
  const cluster = new Cluster();
  const pages = readdirSync(FOLDER).map((name) => commandsOf(readFileSync(join(FOLDER, name), 'utf8')));
  const commands = [...new Set(pages.flat())].filter((command) => command !== `ns=${PRODUCTION}`);
  const isLeftOut = (command: string) => LEFT_OUT.some(([pattern]) => pattern.test(command));
  let pod = '';
  beforeAll(async () => {
    await cluster.up(console.log);
    await runProduction(cluster);
    const first = ['get', 'pods', '-l', 'app.kubernetes.io/name=users', '-o', 'jsonpath={.items[0].metadata.name}'];
    pod = await cluster.kubectl('-n', PRODUCTION, ...first);
  }, PRODUCTION_MS);

  it.each(commands.filter((command) => !isLeftOut(command)))('%s', async (command) => {
    const script = `set -o pipefail; ns=${PRODUCTION}; ${command.replace('POD', pod)}`;
    const { code, stdout, stderr } = await runInCluster('bash', ['-c', script], { cwd: RUN, timeoutMs: 60_000 });
    // What grep looks for need not have happened, and head ends whoever has more to say.
    const expected = command.includes('| grep') && stdout === '' ? [0, 1] : command.includes('| head') ? [0, 141] : [0];
    expect(expected).toContain(code);
    expect(stderr.replace(/^(?:No resources found|Defaulted container|Warning: v1 Endpoints).*\n/gm, '')).toBe('');
  });

  it('are left out for reasons that still hold', () => {
    for (const [pattern, reason] of LEFT_OUT)
      expect([reason, commands.some((command) => pattern.test(command))]).toEqual([reason, true]);
    const left = commands.filter(isLeftOut).length;
    expect(left).toBeLessThan(commands.length / 3);
    record({ test: "the runbooks' commands", seconds: 0, note: `${commands.length - left} run, ${left} left out` });
  });
});
