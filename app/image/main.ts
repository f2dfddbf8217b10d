import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildArguments, findBuilder } from './builder.ts';

const root = resolve(import.meta.dirname, '../..');

/** `npm run image [-- more arguments of the builder]`: builds app/Dockerfile with what is installed. */
function main(extra: readonly string[]): number {
  const { name, version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
    name: string;
    version: string;
  };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const builder = findBuilder();
  const image = {
    tag: `${name}:${version}`,
    version,
    revision: git('rev-parse', 'HEAD'),
    created: git('log', '-1', '--format=%cI'),
    extra,
  };
  console.log(`Building ${image.tag} with ${builder.name}`);
  return spawnSync(builder.name, buildArguments(builder, image), { cwd: root, stdio: 'inherit' }).status ?? 1;
}

process.exitCode = main(process.argv.slice(2));
