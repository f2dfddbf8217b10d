import { project } from '../../charts/project.ts';
import { Kubectl } from '../cluster/kubectl.ts';
import { runCommand, UsageError } from '../command.ts';
import { findBuilder } from '../image/builder.ts';
import { run } from '../run.ts';
import { askAt } from './addons.ts';
import { down, up } from './up.ts';

const USAGE = `Brings an environment up in the cluster of kubectl's current context, or removes it. Both are safe to repeat.

  npm run up                     dev, in a cluster of kind, k3d, minikube or Docker Desktop
  npm run up -- --env dev        an environment of dist/ whose secrets are in it
  npm run up -- --any-context    in another cluster too; it must reach the registry of the image
  npm run up -- --yes            installs what the cluster lacks (ingress controller, metrics) without asking
  npm run down                   removes what up brought, data included
`;

await runCommand({
  name: process.argv[2] ?? 'up',
  usage: USAGE,
  options: {
    env: { type: 'string', default: 'dev' },
    'any-context': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  },
  main: async ({ values: { env: environment, 'any-context': anyContext, yes }, positionals: [command, ...rest] }) => {
    if (rest.length > 0)
      throw new UsageError(`'${rest.join(' ')}' would be passed over; name an environment with --env`);
    const root = process.cwd();
    const report = (line: string) => console.log(line);
    const consent = async (question: string) => yes || askAt(process.stdin, process.stdout, question);
    const tools = { kubectl: new Kubectl(run, root), run, findBuilder, report, consent };
    if (command === 'down') await down({ root, environment }, tools);
    else {
      const platform = { repository: project.image, adminKey: { secret: 'admin-key', key: 'admin-key' } };
      await up({ root, environment, anyContext, entrance: 'front', ...platform }, tools);
    }
    return 0;
  },
});
