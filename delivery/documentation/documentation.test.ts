import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesNow, snapshotOf } from '../diff/snapshot.ts';
import { problemsOf, type World } from './check-command.ts';
import { commandsIn, wordsOf } from './commands.ts';
import { KnownObjects } from './known-objects.ts';

const ROOT = join(import.meta.dirname, '../..');
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
].filter((path) => path.endsWith('.md') && existsSync(join(ROOT, path)));
const scripts = new Set(Object.keys(JSON.parse(textOf('package.json')).scripts));
const world: World = { root: ROOT, objects: new KnownObjects(snapshotOf(await filesNow(ROOT, 'dist'))), scripts };

const check = (text: string) =>
  commandsIn('page', `\`\`\`sh\n${text}\n\`\`\``).flatMap((command) => problemsOf(command, world));

describe('the documentation', () => {
  it.each(pages)('%s tells only what can be typed', (path) => {
    expect(commandsIn(path, textOf(path)).flatMap((command) => problemsOf(command, world))).toEqual([]);
  });

  it('tells dozens of commands', () => {
    expect(pages.flatMap((path) => commandsIn(path, textOf(path))).length).toBeGreaterThan(50);
  });

  it.each(pages)('%s links only to files that exist', (path) => {
    const folder = join(ROOT, path, '..');
    const links = [
      ...textOf(path)
        .replaceAll(/```[\s\S]*?```/g, '')
        .matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g),
    ].map(([, link]) => link ?? '');
    const broken = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(folder, link)));
    expect(broken).toEqual([]);
  });
});

describe('the check of documented commands', () => {
  it.each([
    ['npm run nonsense', "package.json has no script 'nonsense'"],
    ['kubectl -n quotes-prod get pods', 'dist/ declares no namespace quotes-prod'],
    ['kubectl -n quotes-dev rollout status deployment/cart', 'dist/ has no deployment cart in quotes-dev'],
    ['kubectl apply -f dist/none.yaml', 'there is no dist/none.yaml'],
    ['kubectl -n quotes-dev get pods -l app=users', 'app=users selects nothing in quotes-dev'],
    [
      'kubectl -n quotes-production create job --from=cronjob/nightly now',
      'dist/ has no cronjob nightly in quotes-production',
    ],
    ['kubectl -n quotes-dev delete pod redis-7', 'dist/ has no pod redis-7 in quotes-dev'],
    ['kubectl -n quotes-dev get gadgets', 'dist/ has no gadgets'],
    ['kubectl -n quotes-production-monitoring port-forward service/grafana 3000:80', 'service/grafana has no port 80'],
    ['kubectl -n quotes-production logs statefulset/redis -c cache', 'statefulset/redis has no container cache'],
    ['argocd app sync quotes-test', 'there is no application quotes-test'],
    ['frobnicate --all', "nobody knows 'frobnicate'"],
  ])('finds the fault of: %s', (command, fault) => {
    const problems = check(command);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(fault);
  });

  it.each([
    'kubectl -n quotes-production get deployments,statefulsets,pods -o wide',
    'kubectl -n quotes-production delete pod redis-0',
    'kubectl -n quotes-production get secret admin-key',
    'kubectl -n quotes-production exec deployment/front -- ls /nowhere',
    'NODE=x kubectl drain $NODE --ignore-daemonsets',
  ])('accepts: %s', (command) => {
    expect(check(command)).toEqual([]);
  });

  it('reads commands over several lines, behind prompts, pipes and in the text', () => {
    const page =
      '```sh\n$ npm run \\\n  synth\nkubectl get nodes | tee x # why\n```\nSay `npm run diff -- --cluster dev`.\n```json\n{"npm": "run"}\n```';
    expect(commandsIn('p', page).map(({ words }) => words.join(' '))).toEqual([
      'npm run synth',
      'kubectl get nodes',
      'tee x',
      'npm run diff -- --cluster dev',
    ]);
  });

  it('puts in what the page has assigned', () => {
    expect(check('ns=quotes-dev\nkubectl -n $ns get deployment users')).toEqual([]);
    expect(check('ns=quotes-prod\nkubectl -n "$ns" get pods')[0]).toContain('no namespace quotes-prod');
  });

  it('keeps quoted words together', () => {
    expect(wordsOf(`kubectl patch hpa x --patch='{"a": 1}'`)).toHaveLength(5);
  });
});
