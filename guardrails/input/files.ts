import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, normalize, relative, resolve } from 'node:path';
import { load } from 'js-yaml';
import { attempt } from '../attempt.ts';
import { isRecord } from '../field.ts';
import { type Document, isPatch } from './document.ts';
import { BYTES_AT_MOST, decode, readText, UnusableInput } from './parse.ts';
import { readPipe } from './pipe.ts';
import { readRegularFile } from './regular-file.ts';

const TIMEOUT_MS = 60_000;
const OUTPUT_AT_MOST = 100 * 1024 * 1024;

const KUSTOMIZATION = /^(kustomization\.ya?ml|Kustomization)$/;
const IGNORED = ['.git', 'node_modules'];

/** What renders each kind of folder, the first that is installed. */
const COMMANDS = {
  chart: [['helm', 'template', 'release']],
  kustomization: [
    ['kustomize', 'build'],
    ['kubectl', 'kustomize'],
  ],
} as const;

/** What a folder renders to, or why it does not. */
type Rendered = { readonly text: string } | { readonly failure: string } | { readonly hint: string };

/** Renders a chart or a kustomization by its own tool. */
function render(kind: keyof typeof COMMANDS, folder: string): Rendered {
  for (const [command, ...args] of COMMANDS[kind]) {
    const limits = { timeout: TIMEOUT_MS, maxBuffer: OUTPUT_AT_MOST } as const;
    const { error, status, stdout, stderr } = spawnSync(command, [...args, folder], { encoding: 'utf8', ...limits });
    if (error && 'code' in error && error.code === 'ENOENT') continue;
    if (status === 0) return { text: stdout };
    if (stderr.includes('--enable-helm'))
      return {
        hint: `a kustomization of charts, of which the files are judged without them: give what \`${command} ${args.join(' ')} --enable-helm\` prints`,
      };
    return { failure: `${command} cannot render it: ${(stderr || String(error)).trim().slice(0, 500)}` };
  }
  const tools = COMMANDS[kind].map(([command, ...args]) => [command, ...args].join(' ')).join(' or ');
  const [what, tool] =
    kind === 'chart'
      ? ['a Helm chart, not judged', 'helm']
      : ['a kustomization, of which the files are judged without its patches', 'kustomize'];
  return { hint: `${what}: install ${tool}, or give what \`${tools}\` prints` };
}

/** The files that a kustomization merges into others: parts of objects, which nobody can judge. */
function patchesOf(folder: string, file: string): readonly string[] {
  const content = loadMap(join(folder, file));
  const lists = ['patches', 'patchesStrategicMerge', 'patchesJson6902', 'configurations', 'components'];
  return lists
    .flatMap((key): readonly unknown[] => [content[key] ?? []].flat())
    .map((patch) => (isRecord(patch) ? patch['path'] : patch))
    .flatMap((path) => (typeof path === 'string' && !path.includes('\n') ? normalize(join(folder, path)) : []));
}

function loadMap(path: string): Readonly<Record<string, unknown>> {
  const content = attempt(() => load(readFileSync(path, 'utf8')));
  return isRecord(content) ? content : {};
}

/** What was read, and what was left out of folders, a line each. */
export interface Input {
  readonly documents: readonly Document[];
  readonly skipped: readonly string[];
}

interface Reading {
  readonly documents: Document[];
  /** Sees each document as it is read. */
  readonly see: (document: Document) => void;
  readonly skipped: string[];
  /** What became of kustomizations, by their folder. */
  readonly made: Map<string, { readonly document: Document; readonly isWhole: boolean }>;
  /** What was read, by its real path: a file that is named twice, or through a link too, counts once. */
  readonly known: Set<string>;
}

/**
 * Reads files, folders (`*.yaml`, `*.yml`, `*.json` at any depth) and `-` (standard input). What cannot be read is `unreadable` in its document,
 * and never hides the rest.
 * @param see what looks at each document while the next one is read. Of those that it sees some are not among the result: what others build upon
 */
export function readInput(paths: readonly string[], see: (document: Document) => void = () => {}): Input {
  const reading: Reading = { documents: [], skipped: [], made: new Map(), known: new Set(), see };
  for (const path of paths) readOrNote(reading, path, () => readPath(reading, path));
  const { documents, skipped, made } = reading;
  // What others build upon is judged as they make it, where they do.
  const parts = [...made].flatMap(([folder, { isWhole }]) => (isWhole ? [...builtUpon(folder)] : []));
  const judgedElsewhere = new Set(parts.map((folder) => made.get(folder)?.document));
  return { documents: documents.filter((document) => !judgedElsewhere.has(document)), skipped };
}

/** The names of the runbooks in a folder, `HighErrorRate` for HighErrorRate.md. Throws UnusableInput when it cannot be read. */
export function readRunbooks(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith('.md') ? basename(file, '.md') : []));
  } catch (error) {
    throw new UnusableInput(`${folder}: ${reason(error)}`);
  }
}

function readPath(reading: Reading, path: string): void {
  const found = path === '-' ? undefined : statSync(path);
  if (found?.isCharacterDevice() || found?.isBlockDevice()) throw new UnusableInput('a device, not a file');
  if (found?.isDirectory()) readFolder(reading, path, new Set());
  else if (isNew(reading, path)) readNamed(reading, path);
}

function readNamed(reading: Reading, path: string): void {
  const document = readFile(path);
  const isEmpty = document.objects.every((value) => value === undefined) && document.unreadable?.length === 0;
  if (isEmpty) reading.skipped.push(`${document.file}: no Kubernetes object in it`);
  else take(reading, document);
}

function take({ documents, see }: Reading, document: Document): void {
  documents.push(document);
  see(document);
}

/** The folders that a kustomization builds upon, and those that these do. */
function* builtUpon(folder: string, known = new Set<string>()): Iterable<string> {
  // Of a file, or of what must not be read, there are none.
  const names = attempt(() => readdirSync(folder)) ?? [];
  const file = names.find((name) => KUSTOMIZATION.test(name));
  const content = file === undefined ? {} : loadMap(join(folder, file));
  for (const path of ['resources', 'bases', 'components'].flatMap((key) => [content[key] ?? []].flat())) {
    const part = resolve(folder, String(path));
    if (known.has(part)) continue;
    known.add(part);
    yield part;
    yield* builtUpon(part, known);
  }
}

/** Links to files are followed and links to folders are not, as by kubectl. `patches` are no objects of their own. */
function readFolder(reading: Reading, folder: string, patches: ReadonlySet<string>): void {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !IGNORED.includes(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = entries.map(({ name }) => name);
  const chart = names.includes('templates') && names.includes('Chart.yaml');
  const kustomization = names.find((name) => KUSTOMIZATION.test(name));
  const rendered = chart || kustomization ? render(chart ? 'chart' : 'kustomization', folder) : undefined;
  if (rendered && !('hint' in rendered)) {
    const isWhole = 'text' in rendered;
    const document = isWhole ? readText(shown(folder), rendered.text) : unreadable(folder, rendered.failure);
    take(reading, document);
    if (!chart) reading.made.set(resolve(folder), { document, isWhole });
    return;
  }
  if (rendered) reading.skipped.push(`${shown(folder)}: ${rendered.hint}`);
  if (chart) return;
  const partial = kustomization === undefined ? patches : new Set([...patches, ...patchesOf(folder, kustomization)]);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) readOrNote(reading, path, () => readFolder(reading, path, partial));
    else if (/\.(ya?ml|json)$/.test(entry.name) && !entry.isDirectory() && !partial.has(normalize(path)))
      readOrNote(reading, path, () => readMember(reading, path));
  }
}

/** A file of a folder: settings of other programs are left out. */
function readMember(reading: Reading, path: string): void {
  if (!statSync(path).isFile() || !isNew(reading, path)) return;
  const document = readFile(path);
  const isBroken = document.objects.length === 0 || document.unreadable?.some(({ severity }) => severity === undefined);
  const holdsSome = document.objects.some(isObject);
  if (holdsSome || (isBroken && /^(apiVersion|kind)\s*:/m.test(document.text ?? 'kind:'))) take(reading, document);
  else reading.skipped.push(`${document.file}: no Kubernetes object in it`);
}

function isNew({ known }: Reading, path: string): boolean {
  const place = path === '-' || path.startsWith('/dev/') ? path : realpathSync(path);
  if (known.has(place)) return false;
  known.add(place);
  return true;
}

function readFile(path: string): Document {
  const document = readWhole(path);
  // Most stay as they are, because a copy would hold the text.
  if (!document.objects.some(isForTools)) return document;
  return { ...document, objects: document.objects.map((value) => (isForTools(value) ? undefined : value)) };
}

function readWhole(path: string): Document {
  if (path === '-') return readText('<stdin>', decode(readFileSync(0)));
  if (statSync(path).isFIFO() && !/^\/(dev|proc)\//.test(path)) return readText(shown(path), decode(readPipe(path)));
  if (statSync(path).size > BYTES_AT_MOST) return readText(shown(path), ' '.repeat(BYTES_AT_MOST + 1));
  return readRegularFile(path, shown(path));
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || short === '' ? path : short;
}

function readOrNote(reading: Reading, path: string, read: () => void): void {
  try {
    read();
  } catch (error) {
    reading.documents.push(unreadable(path, reason(error)));
  }
}

function unreadable(path: string, message: string): Document {
  const fix = 'Give a file or a folder that can be read.';
  return { file: shown(path), objects: [], unreadable: [{ message, fix }] };
}

const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'must not be read: permission denied',
  ELOOP: 'a link that leads back to itself',
};

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return SYSTEM_ERRORS[(error as NodeJS.ErrnoException).code ?? ''] ?? error.message;
}

function isObject(value: unknown): boolean {
  if (!isRecord(value) || isPatch(value)) return false;
  return value['kind'] !== undefined || value['metadata'] !== undefined;
}

/** What looks like an object and is the configuration of a program, which no API server takes. */
const TOOLS =
  /^((\w+\.config|kubeadm|audit|apiserver)\.k8s\.io|kind\.x-k8s\.io|skaffold|eksctl\.io|k3d\.io|ctlptl\.dev|builtin)\/|^v1\/Config$/;

function isForTools(value: unknown): boolean {
  return isRecord(value) && TOOLS.test(`${value['apiVersion']}/${value['kind']}`);
}
