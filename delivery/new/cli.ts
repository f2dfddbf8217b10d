import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platform } from '../../charts/platform.ts';
import { isNew, scaffold, USAGE } from './scaffold.ts';

const [kind = '', name = '', ...rest] = process.argv.slice(2);
const taken = { service: platform.catalog, environment: platform.environments };

try {
  if (!isNew(kind) || rest.length > 0) throw new Error(USAGE);
  const { files, next } = scaffold(
    kind,
    name,
    taken[kind].map((item) => item.name),
  );
  const there = [...files.keys()].filter((file) => existsSync(join(process.cwd(), file)));
  if (there.length > 0) throw new Error(`${there.join(', ')} is there already; nothing was written`);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(process.cwd(), file)), { recursive: true });
    writeFileSync(join(process.cwd(), file), text);
  }
  console.log([`wrote ${[...files.keys()].join(', ')}`, 'now:', ...next.map((step) => `  - ${step}`)].join('\n'));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
