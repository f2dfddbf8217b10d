import { parseArgs } from 'node:util';
import { project } from '../../charts/project.ts';
import { Kubectl } from '../cluster/kubectl.ts';
import { findBuilder } from '../image/builder.ts';
import { run } from '../run.ts';
import { down, up } from './up.ts';

const USAGE = `Brings an environment up in the cluster of kubectl's current context, or removes it.

  npm run up                     dev, in a cluster of kind, k3d, minikube or Docker Desktop
  npm run up -- --env dev        an environment of dist/ whose secrets are in it
  npm run up -- --any-context    in another cluster too; it must reach the registry of the image
  npm run down                   removes what up brought, data included

Exit codes: 0 done, 1 a problem that the output names. Both commands are safe to repeat.
`;

async function main([command, ...args]: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      env: { type: 'string', default: 'dev' },
      'any-context': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return void process.stdout.write(USAGE);
  const root = process.cwd();
  const tools = { kubectl: new Kubectl(run, root), run, findBuilder, report: (line: string) => console.log(line) };
  if (command === 'down') return await down({ root, environment: values.env }, tools);
  await up(
    {
      root,
      environment: values.env,
      repository: project.image,
      adminKey: { secret: 'admin-key', key: 'admin-key' },
      entrance: 'front',
      anyContext: values['any-context'],
    },
    tools,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
