import { plan } from '../../charts/plan/plan.ts';
import { platform } from '../../charts/platform.ts';
import { runCommand, UsageError } from '../command.ts';
import { run } from '../run.ts';
import { needsOf } from './checks.ts';
import { applyAndProve, chooseEnvironments, dryRun } from './cluster-test.ts';
import { Kubectl } from './kubectl.ts';

const USAGE = `Tests dist/ against the cluster of the current kubectl context.

  npm run test:cluster                       the API server judges every object; nothing is kept
  npm run test:cluster -- dev                one environment only
  npm run test:cluster -- dev --apply        applies a copy under a prefix, proves it and removes it
  ... --prefix trial                         what the copy's namespaces begin with
`;

await runCommand({
  name: 'test:cluster',
  usage: USAGE,
  finding: 'the cluster refuses something, or does not hold what is promised',
  options: { apply: { type: 'boolean', default: false }, prefix: { type: 'string', default: 'trial' } },
  main: async ({ values, positionals }) => {
    const report = (line: string) => void process.stdout.write(`  ${line}\n`);
    if (!/^[a-z][a-z0-9-]{0,20}$/.test(values.prefix))
      throw new UsageError(`prefix '${values.prefix}' is no beginning of a namespace`);
    const kubectl = new Kubectl(run, process.cwd());
    await kubectl.requireCluster();
    const problems: string[] = [];
    for (const environment of chooseEnvironments(platform.environments, positionals)) {
      process.stdout.write(`${environment.name}\n`);
      const needs = await needsOf(process.cwd(), environment);
      problems.push(...(await dryRun(kubectl, needs, report)));
      if (values.apply)
        problems.push(
          ...(await applyAndProve(kubectl, {
            needs,
            plan: plan(platform, environment),
            prefix: values.prefix,
            report,
          })),
        );
    }
    for (const problem of problems) process.stderr.write(`- ${problem}\n`);
    process.stdout.write(problems.length === 0 ? 'all of it holds\n' : `${problems.length} problems\n`);
    return problems.length === 0 ? 0 : 1;
  },
});
