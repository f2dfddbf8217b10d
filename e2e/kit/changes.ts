import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TemporaryRepository } from '../../test/temporary-repository.ts';

/** One change to the platform as a person makes it: what is edited by hand, and nothing that synthesis writes. */
export interface Change {
  readonly title: string;
  /** Every file that it edits. */
  readonly files: readonly string[];
  apply(copy: TemporaryRepository): void;
  /** What the manifests of every environment show of it. @default - nothing of its own */
  readonly shown?: readonly RegExp[];
  /** What no file of dist/ holds any more. @default - nothing */
  readonly gone?: RegExp;
  /** A further file of dist/. @default - none */
  readonly adds?: string;
  /** What answers on a laptop, and behind which port. @default - nothing new */
  readonly answers?: { readonly path: string; readonly portOffset: number; readonly json: unknown };
}

const deployment = (name: string) => new RegExp(`kind: Deployment\nmetadata:\n  name: ${name}\n`);

export function runIn(copy: TemporaryRepository, program: string, ...args: string[]): string {
  return execFileSync(program, args, { cwd: copy.root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

const read = (copy: TemporaryRepository, path: string) => readFileSync(join(copy.root, path), 'utf8');

/** Changes a file, each pair once. */
function edit(
  copy: TemporaryRepository,
  path: string,
  ...changes: readonly (readonly [before: string, after: string])[]
) {
  let text = read(copy, path);
  for (const [before, after] of changes) {
    if (!text.includes(before)) throw new Error(`${path} does not hold '${before}': change it here too`);
    text = text.replace(before, () => after);
  }
  copy.write({ [path]: text });
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

export const CHANGES: readonly Change[] = [
  {
    title: "somebody else's image: one file and its line",
    files: ['charts/catalog.ts', 'charts/services/echo.ts'],
    apply(copy) {
      runIn(copy, 'npm', 'run', '--silent', 'new', '--', 'service', 'echo');
      const example = read(copy, 'examples/third-party/whoami.ts');
      copy.write({
        'charts/services/echo.ts': example
          .replaceAll('whoami:', 'echo:')
          .replaceAll("'whoami'", "'echo'")
          .replaceAll("'/whoami'", "'/echo'")
          .replace("'../../charts/plan/", "'../plan/")
          .replace('traefik/echo:', 'traefik/whoami:'),
      });
      edit(
        copy,
        'charts/catalog.ts',
        [
          "from './services/koa-service.ts';",
          "from './services/koa-service.ts';\nimport { echo } from './services/echo.ts';",
        ],
        ['  koaService({', '  echo,\n  koaService({'],
      );
    },
    shown: [deployment('echo')],
  },
  {
    title: 'a service of ours that another one calls: five files, one of them in charts/',
    files: [
      'app/contract.ts',
      'app/src/services/front.ts',
      'app/src/services/motto.ts',
      'app/src/services/registry.ts',
      'charts/catalog.ts',
    ],
    apply(copy) {
      copy.write({ 'app/src/services/motto.ts': MOTTO });
      edit(
        copy,
        'app/contract.ts',
        ["'quotes', 'search'] as const;", "'quotes', 'search', 'motto'] as const;"],
        ["calls: ['users', 'quotes', 'search'] }", "calls: ['users', 'quotes', 'search', 'motto'] }"],
        ['  search: { data:', '  motto: { data: {}, adminKey: false, seeds: false, calls: [] },\n  search: { data:'],
        ["search: '/search' } as const", "search: '/search', motto: '/motto' } as const"],
      );
      edit(copy, 'app/src/services/registry.ts', [
        '  search: async',
        "  motto: async () => (await import('./motto.ts')).motto,\n  search: async",
      ]);
      edit(copy, 'app/src/services/front.ts', [
        "search: client('search') }",
        "search: client('search'), motto: client('motto') }",
      ]);
      edit(copy, 'charts/catalog.ts', [
        "  koaService({\n    name: 'search',",
        "  koaService({ name: 'motto', description: 'A sentence for the day' }),\n  koaService({\n    name: 'search',",
      ]);
    },
    shown: [deployment('motto'), /MOTTO_URL: http:\/\/motto/],
    // The fifth service is the fifth port behind the front's.
    answers: { path: '/motto', portOffset: 14, json: { text: 'One thing at a time' } },
  },
  {
    title: 'a fourth environment: one file and its line',
    files: ['charts/environments/all.ts', 'charts/environments/demo.ts'],
    apply(copy) {
      runIn(copy, 'npm', 'run', '--silent', 'new', '--', 'environment', 'demo');
      edit(
        copy,
        'charts/environments/all.ts',
        ["import { dev } from './dev.ts';", "import { demo } from './demo.ts';\nimport { dev } from './dev.ts';"],
        ['[dev, staging,', '[dev, demo, staging,'],
      );
    },
    adds: 'demo.k8s.yaml',
  },
  {
    title: 'another name of the project: one file',
    files: ['charts/project.ts'],
    apply(copy) {
      edit(copy, 'charts/project.ts', ["name: 'quotes',", "name: 'library',"]);
    },
    shown: [/name: library-(?:dev|demo|staging|production)\n/],
    gone: /\bquotes-(?:dev|staging|production|tls)/,
  },
];
