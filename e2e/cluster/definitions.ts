import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { definitionsIn, nameOf, type Origin } from '../../delivery/judge/definitions.ts';
import { ROOT } from '../../root.ts';
import { CACHE, sh } from './machine.ts';

/** Of these groups the addons have objects, or the cluster a controller that waits for all of their kinds. */
const GROUPS = /^(?:traefik\.io|(?:acme\.)?cert-manager\.io|external-secrets\.io|argoproj\.io)_/;

/** A file with the definitions of custom resources that dist/addons needs, out of the modules that the judge has them from. */
export async function definitionsFile(): Promise<string> {
  const list = readFileSync(join(ROOT, 'judge/definitions.json'), 'utf8');
  const file = join(
    CACHE,
    `definitions-${createHash('sha256').update(`${list}${GROUPS}`).digest('hex').slice(0, 16)}.json`,
  );
  if (existsSync(file)) return file;
  const byName = new Map<string, unknown>();
  for (const { module, version, files } of JSON.parse(list) as readonly Origin[]) {
    const answer = await sh('go', ['mod', 'download', '-json', `${module}@${version}`]);
    const { Dir } = JSON.parse(answer) as { readonly Dir: string };
    for (const definition of definitionsIn(join(Dir, files))) {
      const name = nameOf(definition);
      if (GROUPS.test(name) && !byName.has(name)) byName.set(name, definition);
    }
  }
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...byName.values()] }));
  renameSync(`${file}.new`, file);
  return file;
}
