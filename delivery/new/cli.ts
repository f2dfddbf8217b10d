import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { platform } from '../../charts/platform.ts';
import { runCommand, UsageError } from '../command.ts';
import { isNew, scaffold, USAGE } from './scaffold.ts';

const taken = { service: platform.catalog, environment: platform.environments };

await runCommand({
  name: 'new',
  usage: USAGE,
  main: ({ positionals: [kind = '', name = '', ...rest] }) => {
    if (!isNew(kind) || name === '' || rest.length > 0)
      throw new UsageError('say what is new: service NAME, or environment NAME');
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
    return 0;
  },
});
