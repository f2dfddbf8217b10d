import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { dev } from '../charts/environments/dev.ts';
import { readFolder } from '../output/files.ts';
import { at } from './manifests.ts';

const ROOT = join(import.meta.dirname, '..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [
  'README.md',
  'README.fr.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md') && !path.includes('node_modules'));

const scripts = Object.keys(JSON.parse(textOf('package.json')).scripts);
const objects = [...readFolder(join(ROOT, 'dist')).values()].flatMap((text) => loadAll(text));
const namespaces = new Set(objects.map((object) => at(object, 'metadata.namespace')));
const named = new Set(
  objects.map((object) => `${String(at(object, 'kind')).toLowerCase()}/${at(object, 'metadata.name')}`),
);

/** Commands in namespaces that others fill. */
const FOREIGN = /(?:-n|--namespace) (?:default|kube-system|traefik|cert-manager|external-secrets|logs)\b/;
/** A name that the reader fills in: `$POD`, `NAME`, `redis-N`. */
const PLACEHOLDER = /[$<]|^[A-Z][A-Z_]*$|-N$/;

/** Lines of shell blocks, and inline code. */
const commandsIn = (page: string) => [
  ...[...page.matchAll(/^```(?:sh|bash|shell|console)\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  ),
  ...[...page.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
];

/** The words behind a pattern in the commands of a page, those left out that the reader fills in. */
const wordsIn = (page: string, pattern: RegExp) =>
  commandsIn(page)
    .filter((command) => !FOREIGN.test(command))
    .flatMap((command) => [...command.matchAll(pattern)].map(([, word = '']) => word))
    .filter((word) => !PLACEHOLDER.test(word));

/** What a page names and the project does not have. */
const unknownIn = (page: string) => [
  ...wordsIn(page, /\bnpm run (?:--silent )?([\w:-]+)/g).filter((script) => !scripts.includes(script)),
  ...wordsIn(page, /\bkubectl .*?(?:-n|--namespace) ([^\s"]+)/g).filter((name) => !namespaces.has(name)),
  ...wordsIn(page, /\bkubectl .*? ((?:deployment|statefulset|service|cronjob)\/[^\s":]+)/g).filter(
    (name) => !named.has(name),
  ),
  ...wordsIn(page, /(?:^|\s)(dist\/[\w./-]+)/g).filter((path) => !existsSync(join(ROOT, path))),
];

describe('the documentation', () => {
  it.each(PAGES)('%s names scripts, namespaces, objects and files that there are', (path) => {
    expect(unknownIn(textOf(path))).toEqual([]);
  });

  it.each(PAGES)('%s links only to files that exist', (path) => {
    const prose = textOf(path).replaceAll(/```[\s\S]*?```/g, '');
    const links = [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(ROOT, path, '..', link)));
    expect(broken).toEqual([]);
  });

  it('has the same commands in French, in the same order', () => {
    const blocks = (page: string) => [...textOf(page).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block);
    expect(blocks('README.fr.md')).toEqual(blocks('README.md'));
  });

  it.each([
    ['`npm run nonsense`', 'nonsense'],
    [`\`kubectl -n ${dev.namespace}elopment get pods\``, `${dev.namespace}elopment`],
    [`\`\`\`sh\nkubectl -n ${dev.namespace} rollout status deployment/cart\n\`\`\``, 'deployment/cart'],
    ['```sh\nkubectl apply -f dist/none.yaml\n```', 'dist/none.yaml'],
  ])('is not trusted: %j', (page, word) => {
    expect(unknownIn(page)).toEqual([word]);
  });
});
