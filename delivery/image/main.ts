import { spawnSync } from 'node:child_process';
import { project } from '../../charts/project.ts';
import { runCommand } from '../command.ts';
import { ownImage, renderedObjects } from '../rendered.ts';
import { run } from '../run.ts';
import { buildArguments, findBuilder } from './builder.ts';

const USAGE = `Builds app/Dockerfile with docker, podman or buildah, under the name that dist/ gives it.

  npm run image                                for dev
  npm run image -- --env staging               for another environment
  npm run image -- -- --target test            what follows the second -- goes to the builder
`;

await runCommand({
  name: 'image',
  usage: USAGE,
  options: { env: { type: 'string', default: 'dev' } },
  main: async ({ values, positionals }) => {
    const cwd = process.cwd();
    const [tag = ''] = ownImage(renderedObjects(cwd, values.env), project.image).split('@');
    const git = async (...words: string[]) => (await run('git', words, { cwd })).stdout.trim();
    const builder = findBuilder();
    const image = {
      tag,
      version: tag.slice(tag.lastIndexOf(':') + 1),
      revision: await git('rev-parse', 'HEAD'),
      created: await git('log', '-1', '--format=%cI'),
      extra: positionals,
    };
    console.log(`Building ${image.tag} with ${builder.name}`);
    return spawnSync(builder.name, buildArguments(builder, image), { cwd, stdio: 'inherit' }).status ?? 1;
  },
});
