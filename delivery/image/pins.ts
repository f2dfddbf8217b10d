import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { maxSatisfying, valid } from 'semver';
import * as z from 'zod';
import { releasedImage } from '../../charts/plan/part.ts';
import { runCommand, UsageError } from '../command.ts';
import { Registries } from '../registry.ts';

const USAGE = `The images of others: charts/images.json, and app/Dockerfile's base.

  npm run images -- check     asks the registries whether tags and digests are what is written, and what is newer in each line
  npm run images -- update    writes the newest tag of each line and its digest; npm run synth brings it into dist/
  npm run images -- list      every image that dist/ runs, as JSON
`;

const PINS = 'charts/images.json';
const DOCKERFILE = 'app/Dockerfile';

const PIN = z.strictObject({
  name: z.string(),
  tag: z.string(),
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .nullable(),
  /** Versions that an update may take, as npm writes ranges. */
  line: z.string(),
  source: z.url(),
  licence: z.string(),
  /** Who says that the tag is this digest, or why nobody does. */
  cited: z.string().min(1),
});
export type Pin = z.infer<typeof PIN>;
export type Pins = Readonly<Record<string, Pin>>;

export async function readPins(root: string): Promise<Pins> {
  return z.record(z.string(), PIN).parse(JSON.parse(await readFile(join(root, PINS), 'utf8')));
}

/** The newest tag of the same kind within the line: what follows the version, like `-alpine`, stays as it is. */
export function newestTag({ tag, line }: Pin, tags: readonly string[]): string {
  const [, before = '', suffix = ''] = /^(v?)\d+\.\d+\.\d+(.*)$/.exec(tag) ?? [];
  const versions = tags.flatMap((one) =>
    one.startsWith(before) && one.endsWith(suffix)
      ? (valid(one.slice(before.length, one.length - suffix.length)) ?? [])
      : [],
  );
  const newest = maxSatisfying(versions, line);
  return newest === null ? tag : `${before}${newest}${suffix}`;
}

/** What the registry says of a pin, a line for each thing that is not as written. */
async function findings(pin: Pin, registries: Registries): Promise<{ wrong: string[]; newer: string[] }> {
  const digest = await registries.digestOf(`${pin.name}:${pin.tag}`);
  const newest = newestTag(pin, await registries.tags(pin.name));
  const wrong =
    digest === undefined
      ? [`the registry has no ${pin.name}:${pin.tag}`]
      : pin.digest !== null && digest !== pin.digest
        ? [`${pin.name}:${pin.tag} is ${digest} now, and not ${pin.digest}: ask why the tag was moved before updating`]
        : [];
  return { wrong, newer: newest === pin.tag ? [] : [`${pin.name}:${pin.tag} -> ${newest}`] };
}

export async function check(root: string, registries: Registries): Promise<number> {
  const all = await Promise.all(Object.values(await readPins(root)).map((pin) => findings(pin, registries)));
  const wrong = all.flatMap((one) => one.wrong);
  for (const line of wrong) console.error(line);
  for (const line of all.flatMap(({ newer }) => newer)) console.log(`newer: ${line}`);
  console.log(`${all.length} images asked, ${wrong.length} not as written`);
  return wrong.length === 0 ? 0 : 1;
}

export async function update(root: string, registries: Registries): Promise<number> {
  const updated: Record<string, Pin> = {};
  for (const [id, pin] of Object.entries(await readPins(root))) {
    const tag = newestTag(pin, await registries.tags(pin.name));
    const digest = await registries.digestOf(`${pin.name}:${tag}`);
    if (digest === undefined) throw new Error(`the registry lists ${pin.name}:${tag} and does not have it`);
    const changed = tag !== pin.tag || digest !== pin.digest;
    updated[id] = changed ? { ...pin, tag, digest, cited: 'the registry' } : pin;
    if (changed) console.log(`${releasedImage(pin.name, pin)} -> ${tag}@${digest}`);
  }
  await writeFile(join(root, PINS), `${JSON.stringify(updated, null, 2)}\n`);
  await writeBase(root, updated['node']);
  return 0;
}

/** The Dockerfile cannot read JSON: its two arguments repeat the pin, and a test compares them. */
async function writeBase(root: string, node: Pin | undefined): Promise<void> {
  if (node === undefined) return;
  const path = join(root, DOCKERFILE);
  const text = (await readFile(path, 'utf8'))
    .replace(/^ARG NODE_IMAGE=.*$/m, `ARG NODE_IMAGE=${node.name}:${node.tag}`)
    .replace(/^ARG NODE_DIGEST=.*$/m, `ARG NODE_DIGEST=${node.digest ? `@${node.digest}` : ''}`);
  await writeFile(path, text);
}

export function imagesIn(manifests: string): readonly string[] {
  const named = [...manifests.matchAll(/^ *(?:- )?image: ["']?([^\s"']+)/gm)].map(([, image = '']) => image);
  return [...new Set(named)].sort();
}

async function list(root: string): Promise<number> {
  const { environments } = await import('../../charts/environments/all.ts');
  const files = environments.map(({ name }) => readFile(join(root, `dist/${name}.k8s.yaml`), 'utf8'));
  console.log(JSON.stringify(imagesIn((await Promise.all(files)).join('\n'))));
  return 0;
}

const COMMANDS: Readonly<Record<string, (root: string, registries: Registries) => Promise<number>>> = {
  check,
  update,
  list,
};

if (process.argv[1] === import.meta.filename)
  await runCommand({
    name: 'images',
    usage: USAGE,
    main: ({ positionals: [command = ''] }) => {
      const chosen = COMMANDS[command];
      if (chosen === undefined) throw new UsageError(`say one of ${Object.keys(COMMANDS).join(', ')}`);
      return chosen(process.cwd(), new Registries(process.env['REGISTRY_LOGIN']));
    },
  });
