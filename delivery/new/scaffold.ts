import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { staging } from '../../charts/environments/staging.ts';
import type { Platform } from '../../charts/plan/part.ts';
import { platformProblems } from '../../charts/plan/problems.ts';
import { isDnsLabel } from '../../charts/plan/schema.ts';
import type { ServiceSpec } from '../../charts/plan/service-spec.ts';
import { platform } from '../../charts/platform.ts';
import { runCommand, UsageError } from '../command.ts';

const USAGE = `Writes the data file of something new, and says what to fill in. Nothing is overwritten.

  npm run new -- service NAME          an image of somebody else's, in charts/services/
  npm run new -- environment NAME      in charts/environments/, like staging to begin with
`;

type New = 'service' | 'environment';

function isNew(kind: string): kind is New {
  return kind === 'service' || kind === 'environment';
}

interface Scaffold {
  /** Text by path from the root of the repository. */
  readonly files: ReadonlyMap<string, string>;
  /** What is left to do by hand. */
  readonly next: readonly string[];
}

/**
 * The files of something new.
 * @param platform to which it will belong
 * @throws for a name that cannot be one
 */
export function scaffold(kind: New, name: string, platform: Platform): Scaffold {
  if (!isDnsLabel(name) || /^\d/.test(name))
    throw new Error(
      `${kind} name '${name}': use 1 to 63 lower-case letters, digits and '-', with a letter first and no '-' at the end; nothing was written`,
    );
  // Of a module, `await` is a word too, as it is here; what follows is what the files that name it declare themselves.
  if (!compiles(`'use strict'; async () => { const ${constantOf(name)} = 0, ${DECLARED.join(', ')}; };`))
    throw new Error(
      `${kind} name '${name}' is a word of TypeScript, or stands in the files that will name it; choose another; nothing was written`,
    );
  const taken: readonly { readonly name: string }[] = kind === 'service' ? platform.catalog : platform.environments;
  if (taken.some((other) => other.name === name))
    throw new Error(`'${name}' is taken by another ${kind}; nothing was written`);
  const problems = nameProblems(kind, name, platform);
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\nnothing was written`);
  return kind === 'service' ? newService(name) : newEnvironment(name);
}

const DECLARED = ['catalog', 'koaService', 'environments', 'project', 'staging', 'mailTo', 'vaultAs'].map(
  (constant) => `${constant} = 0`,
);
const ANOTHER = 'another-name';

/** What synthesis would say to this name, and not to another: it belongs to a part, or is too long for what is called after it. */
function nameProblems(kind: New, name: string, platform: Platform): string[] {
  const problemsWith = (given: string) =>
    platformProblems(
      kind === 'service'
        ? { ...platform, catalog: [...platform.catalog, { name: given, ...SERVICE }] }
        : {
            ...platform,
            environments: [
              ...platform.environments,
              {
                ...staging,
                name: given,
                namespace: `${platform.project.name}-${given}`,
                edge: { ...staging.edge, host: `${given}.${platform.project.domain}` },
              },
            ],
          },
    );
  const usual = problemsWith(ANOTHER).map((problem) => problem.replaceAll(ANOTHER, name));
  const own = problemsWith(name).filter((problem) => !usual.includes(problem));
  // Every environment says the same.
  return [...new Set(own.map((problem) => problem.replace(/^[\w/-]*: /, '')))];
}

const SIZE = { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 64 };
const SERVICE: Omit<ServiceSpec, 'name'> = {
  description: 'Not described yet',
  image: 'registry.example.com/new:1.0.0',
  ports: { http: 8080 },
  resources: { requests: SIZE, limits: SIZE },
};

/** `my-cache` as a constant of TypeScript: `myCache`. */
function constantOf(name: string): string {
  return name.replaceAll(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function compiles(source: string): boolean {
  try {
    return new Script(source) !== undefined;
  } catch {
    return false;
  }
}

function newService(name: string): Scaffold {
  const constant = constantOf(name);
  const file = `charts/services/${name}.ts`;
  const text = `import type { ServiceSpec } from '../plan/service-spec.ts';

export const ${constant}: ServiceSpec = {
  name: '${name}',
  description: 'What it is for, in one line',
  image: 'registry.example.com/${name}:1.0.0',
  ports: { http: 8080 },
  resources: {
    requests: { cpuMillis: 50, memoryMiB: 64, ephemeralMiB: 64 },
    limits: { cpuMillis: 500, memoryMiB: 256, ephemeralMiB: 128 },
  },
};
`;
  return {
    files: new Map([[file, text]]),
    next: [
      `fill in image, ports and resources in ${file}; every other field and its default: charts/plan/service-spec.ts`,
      `in charts/catalog.ts add: import { ${constant} } from './services/${name}.ts'; and '${constant},' at the end of the list`,
      'run npm run format and npm run synth, and read the diff of dist/',
    ],
  };
}

function newEnvironment(name: string): Scaffold {
  const constant = constantOf(name);
  const file = `charts/environments/${name}.ts`;
  const text = `import type { EnvironmentWithStore } from '../plan/environment.ts';
import { project } from '../project.ts';
import { mailTo, vaultAs } from './defaults.ts';
import { staging } from './staging.ts';

/** What it is for, and how it differs from staging, whose release it runs. */
export const ${constant}: EnvironmentWithStore = {
  ...staging,
  name: '${name}',
  namespace: \`\${project.name}-${name}\`,
  edge: { ...staging.edge, host: \`${name}.\${project.domain}\` },
  secrets: vaultAs(\`\${project.name}-${name}\`),
  monitoring:
    staging.monitoring.kind === 'off' ? staging.monitoring : { ...staging.monitoring, mail: mailTo('${name}') },
};
`;
  return {
    files: new Map([[file, text]]),
    next: [
      `fill in what differs from staging in ${file}: budget, scaling, host; every field: charts/plan/environment.ts`,
      `to promote to it by itself, give it charts/releases/${name}.json and 'release' in its file, as staging has them`,
      `in charts/environments/all.ts add: import { ${constant} } from './${name}.ts'; and '${constant}' in the list, in the order of promotion`,
      'run npm run format and npm run synth, and read the diff of dist/',
    ],
  };
}

if (process.argv[1] === import.meta.filename)
  await runCommand({
    name: 'new',
    usage: USAGE,
    main: ({ positionals: [kind = '', name = '', ...rest] }) => {
      if (!isNew(kind) || name === '' || rest.length > 0)
        throw new UsageError('say what is new: service NAME, or environment NAME');
      const { files, next } = scaffold(kind, name, platform);
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
