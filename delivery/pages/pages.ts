import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENV } from '../../app/contract.ts';
import { environmentOf } from '../../charts/microservice/part.ts';
import { runbookFiles } from '../../charts/monitoring/runbooks/runbooks.ts';
import type { ManifestFile, Plan } from '../../charts/plan/part.ts';
import { referencePages } from '../reference/pages.ts';
import { fillBlocks, generatedBlocks } from './generated-blocks.ts';
import { renameOf } from './rename.ts';

/** Where the runbooks are, from the root of the repository. */
const RUNBOOKS = join('docs', 'runbooks');

/** Manifests that people copy and apply themselves. */
const MODELS = join('docs', 'manifests');

/**
 * Every page that speaks of the platform, brought up to date: text by full path. Blocks and runbooks are generated; what people wrote is
 * kept, except for the names of objects and the addresses of a project that has others now.
 */
export function pagesOf(
  plans: readonly Plan[],
  files: readonly ManifestFile[],
  root: string,
): ReadonlyMap<string, string> {
  const rename = renameOf(plans, root);
  const read = (path: string) => (existsSync(join(root, path)) ? rename(readFileSync(join(root, path), 'utf8')) : null);
  const blocks = generatedBlocks(plans, files);
  const pages = proseBelow(root).map((path): [string, string] => [path, fillBlocks(read(path) ?? '', blocks)]);
  const runbooks = [...runbookFiles(plans, (file) => read(join(RUNBOOKS, file)))].map(
    ([file, text]): [string, string] => [join(RUNBOOKS, file), text],
  );
  const all = [...pages, ...runbooks, ...plans.flatMap((plan) => envExample(plan, read))];
  return new Map([...all.map(([path, text]) => [join(root, path), text] as const), ...referencePages(plans, root)]);
}

/** What people write, but for the runbooks: an alert that is gone must not leave its page behind unseen. */
function proseBelow(root: string): string[] {
  const top = ['README.md', 'README.fr.md', 'CONTRIBUTING.md', 'SECURITY.md'];
  // Folders of pages alone: beside them are the packages of the site's generator.
  const folders = ['docs', ...['tutorial', 'how-to', 'reference', 'explanation'].map((name) => join('docs', name))];
  const docs = folders.flatMap((folder) => namesIn(join(root, folder)).map((name) => join(folder, name)));
  // Manifests to copy from: they name the objects of the platform too.
  const models = namesIn(join(root, MODELS)).filter((name) => name.endsWith('.yaml'));
  const pages = [...top, ...docs].filter((path) => path.endsWith('.md') && existsSync(join(root, path)));
  return [...pages, ...models.map((name) => join(MODELS, name))];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** `.env.<environment>.example`, where there is one, with the values that the manifests set. */
function envExample(plan: Plan, read: (path: string) => string | null): [string, string][] {
  const path = `.env.${plan.environment.name}.example`;
  const text = read(path);
  if (text === null) return [];
  const values: Record<string, string> = Object.assign({}, ...plan.catalog.map((spec) => environmentOf(spec, plan)));
  // Which service it is, whose user of the store, and whether spans and lines are sent is what the reader chooses.
  const chosen: string[] = [ENV.service, ENV.redisUsername, ENV.otlpEndpoint, ENV.logsUrl];
  const set = Object.entries(values).filter(([key]) => !chosen.includes(key));
  const known = new Set(text.match(/^[A-Z0-9_]+(?==)/gm));
  const lines = text.split('\n').flatMap((line) => {
    const at = set.findIndex(([key]) => line.startsWith(`${key}=`));
    if (at === -1) return [line];
    // What the example does not name yet comes behind what the manifests set before it.
    const next = set.findIndex(([key], index) => index > at && known.has(key));
    return set.slice(at, next === -1 ? undefined : next).map(([key, value]) => `${key}=${value}`);
  });
  return [[path, lines.join('\n')]];
}
