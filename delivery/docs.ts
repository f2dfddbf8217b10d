import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '..');
const USAGE = `Builds docs/ as a site with search into build/docs. A dead link stops it.

  npm run docs
  npm run docs -- --serve      shows it on http://localhost:5173, brought up to date as you write
`;

await runCommand({
  name: 'docs',
  usage: USAGE,
  options: { serve: { type: 'boolean', default: false } },
  main: async ({ values }) => {
    const docs = join(ROOT, 'docs');
    if (!existsSync(join(docs, 'node_modules'))) {
      console.log('Installing the site generator into docs/node_modules, once');
      const { code, stderr } = await run('npm', ['ci', '--prefix', docs, '--no-audit', '--no-fund'], { cwd: ROOT });
      if (code !== 0) throw new Error(`npm ci --prefix docs failed:\n${stderr}`);
    }
    const args = values.serve ? ['dev'] : ['build'];
    return spawnSync(join(docs, 'node_modules/.bin/vitepress'), [...args, docs], { stdio: 'inherit' }).status ?? 1;
  },
});
