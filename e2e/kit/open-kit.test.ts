import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readFolder } from '../../output/read-folder.ts';
import { eventually } from '../../test/eventually.ts';
import { repositoryCopy } from '../../test/repository-copy.ts';

const copy = repositoryCopy();
afterAll(() => copy.remove());

const read = (path: string) => readFileSync(join(copy.root, path), 'utf8');
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: copy.root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

/** Changes a file as a person would, each pair once. */
function edit(path: string, ...changes: readonly (readonly [before: string, after: string])[]): void {
  let text = read(path);
  for (const [before, after] of changes) {
    expect(text, `${path} holds ${before}`).toContain(before);
    text = text.replace(before, () => after);
  }
  copy.write({ [path]: text });
}

/** Files that were edited since the last step, which ends here. */
function step(): string[] {
  run('git', 'add', '--all');
  const files = run('git', 'diff', '--cached', '--name-only').trim().split('\n');
  copy.commit({});
  return files.sort();
}

/** A service of somebody else: the example, as a file of the catalog. */
function addThirdParty(): void {
  run('npm', 'run', '--silent', 'new', '--', 'service', 'echo');
  const text = readFileSync(join(copy.root, 'examples/third-party/whoami.ts'), 'utf8');
  copy.write({
    'charts/services/echo.ts': text
      .replaceAll('whoami:', 'echo:')
      .replaceAll("'whoami'", "'echo'")
      .replaceAll("'/whoami'", "'/echo'")
      .replace("'../../charts/plan/", "'../plan/")
      .replace('traefik/echo:', 'traefik/whoami:'),
  });
  edit(
    'charts/catalog.ts',
    [
      "from './services/koa-service.ts';",
      "from './services/koa-service.ts';\nimport { echo } from './services/echo.ts';",
    ],
    ['  koaService({', '  echo,\n  koaService({'],
  );
}

const MOTTO = `import * as z from 'zod';
import { API_PREFIXES } from '../../contract.ts';
import { route } from '../http/route.ts';
import { READY } from '../runtime/readiness.ts';
import type { ServiceModule } from '../runtime/service.ts';

/** One sentence. */
export const motto: ServiceModule = {
  message: 'A sentence for the day',
  start: () => ({
    routes: [
      route({
        method: 'GET',
        path: API_PREFIXES.motto,
        summary: 'The sentence',
        responses: { 200: { description: 'The sentence', schema: z.object({ text: z.string() }) } },
        handle(ctx) {
          ctx.body = { text: 'One thing at a time' };
        },
      }),
    ],
    readiness: () => READY,
    close: async () => {},
  }),
};
`;

/** A service of ours, which the front calls. */
function addKoaService(): void {
  copy.write({ 'app/src/services/motto.ts': MOTTO });
  edit(
    'app/contract.ts',
    ["'quotes', 'search'] as const;", "'quotes', 'search', 'motto'] as const;"],
    ["calls: ['users', 'quotes', 'search'] }", "calls: ['users', 'quotes', 'search', 'motto'] }"],
    ['  search: { data:', '  motto: { data: {}, adminKey: false, seeds: false, calls: [] },\n  search: { data:'],
    ["search: '/search' } as const", "search: '/search', motto: '/motto' } as const"],
  );
  edit('app/src/services/registry.ts', [
    '  search: async',
    "  motto: async () => (await import('./motto.ts')).motto,\n  search: async",
  ]);
  edit('app/src/services/front.ts', [
    "search: client('search') }",
    "search: client('search'), motto: client('motto') }",
  ]);
  edit('charts/catalog.ts', [
    "  koaService({\n    name: 'search',",
    "  koaService({ name: 'motto', description: 'A sentence for the day' }),\n  koaService({\n    name: 'search',",
  ]);
}

function addEnvironment(): void {
  run('npm', 'run', '--silent', 'new', '--', 'environment', 'demo');
  edit(
    'charts/environments/all.ts',
    ["import { dev } from './dev.ts';", "import { demo } from './demo.ts';\nimport { dev } from './dev.ts';"],
    ['[dev, staging,', '[dev, demo, staging,'],
  );
}

describe('the kit stays open', () => {
  it("takes somebody else's image as one file and its line", () => {
    addThirdParty();
    expect(step()).toEqual(['charts/catalog.ts', 'charts/services/echo.ts']);
  });

  it('takes a service of ours that another one calls as five files, one of them in charts/', () => {
    addKoaService();
    expect(step()).toEqual([
      ...['app/contract.ts', 'app/src/services/front.ts', 'app/src/services/motto.ts', 'app/src/services/registry.ts'],
      'charts/catalog.ts',
    ]);
  });

  it('wants room for them where the nodes were full: one line of the environment', () => {
    edit('charts/environments/staging.ts', ['nodes: 2,', 'nodes: 3,']);
    expect(step()).toEqual(['charts/environments/staging.ts']);
  });

  it('takes a fourth environment as one file and its line', () => {
    addEnvironment();
    expect(step()).toEqual(['charts/environments/all.ts', 'charts/environments/demo.ts']);
  });

  it('takes another name of the project in one file', () => {
    edit('charts/project.ts', ["name: 'quotes',", "name: 'library',"]);
    expect(step()).toEqual(['charts/project.ts']);
  });

  it('then writes all of it: types, manifests, examples', () => {
    run('npx', 'biome', 'check', '--write', 'app', 'charts');
    run('npm', 'run', '--silent', 'types');
    run('npm', 'run', '--silent', 'synth');
    run('npm', 'run', '--silent', 'examples');
    const dist = readFolder(join(copy.root, 'dist'));
    expect([...dist.keys()]).toContain('demo.k8s.yaml');
    for (const [path, text] of dist) {
      expect(text, path).not.toMatch(/\bquotes-(?:dev|staging|production|tls)/);
      if (path.startsWith('addons/')) continue;
      for (const name of ['echo', 'motto'])
        expect(text, path).toMatch(new RegExp(`kind: Deployment\nmetadata:\n  name: ${name}\n`));
      expect(text, path).toContain('MOTTO_URL: http://motto');
    }
  });

  it('keeps every test green that reads what was changed, none of them touched', () => {
    const files = [
      'charts',
      'test',
      'examples',
      'delivery/pages',
      'delivery/cluster',
      'delivery/diff',
      'app/dev',
      'app/src/services/front',
    ];
    run('npx', 'vitest', 'run', '--project', 'unit', '--testTimeout', '240000', ...files);
  });

  it('answers on a laptop, and the front has seen that it does', async () => {
    const port = 18_080;
    const dev = spawn('npm', ['run', '--silent', 'dev', '--', '--port', String(port)], {
      cwd: copy.root,
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(dev, 'exit');
    try {
      await eventually(
        async () => {
          const page = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } });
          expect(await page.text()).toMatch(/motto[\s\S]{0,200}version/);
        },
        { withinMs: 60_000 },
      );
      // The fifth service is the fifth port behind the front's.
      const answer = await fetch(`http://127.0.0.1:${port + 14}/motto`);
      expect(await answer.json()).toEqual({ text: 'One thing at a time' });
    } finally {
      if (dev.pid !== undefined) process.kill(-dev.pid, 'SIGTERM');
      await ended;
    }
  });
});
