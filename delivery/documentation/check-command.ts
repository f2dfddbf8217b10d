import type { DocumentedCommand } from './commands.ts';
import type { KnownObjects } from './known-objects.ts';
import { kubectlProblems } from './kubectl-command.ts';

/** What commands are checked against. */
export interface World {
  readonly root: string;
  readonly objects: KnownObjects;
  /** Names of the scripts in package.json. */
  readonly scripts: ReadonlySet<string>;
}

/** Programs whose arguments name nothing of ours. */
const PLAIN = new Set([
  'grep',
  'tail',
  'head',
  'sort',
  'uniq',
  'cut',
  'sed',
  'awk',
  'wc',
  'less',
  'xargs',

  'git',
  'curl',
  'openssl',
  'docker',
  'export',
  'cd',
  'helm',
  'kind',
  'jq',
  'node',
  'npx',
  'apt-get',
  'sudo',
  'cosign',
  'sleep',
  'brew',
  'xdg-open',
  'watch',
  'echo',
  'cat',
  'tee',
  'k3d',
  'minikube',
  'gh',
  'for',
  'do',
  'done',
]);

/** What is wrong with a documented command; empty when a reader can type it. */
export function problemsOf({ at, words }: DocumentedCommand, world: World): readonly string[] {
  const [program, ...args] = words.filter((word, index) => index > 0 || !/^[A-Z_]+=/.test(word));
  const say = (problem: string) => `${at}: ${words.join(' ')}: ${problem}`;
  switch (program) {
    case 'npm':
      return npmProblems(args, world).map(say);
    case 'kubectl':
      return kubectlProblems(args, world).map(say);
    case 'argocd':
      return world.objects.object('application', 'argocd', args.at(-1) ?? '')
        ? []
        : [say(`there is no application ${args.at(-1)}`)];
    default:
      if (program === undefined || PLAIN.has(program) || /^[A-Z_]+=/.test(program)) return [];
      return program.startsWith('.') || program.includes('/') || program === 'bash'
        ? []
        : [say(`nobody knows '${program}': add it to the programs that are checked`)];
  }
}

function npmProblems([verb, name]: readonly string[], { scripts }: World): readonly string[] {
  if (verb !== 'run')
    return ['ci', 'test', 'install', 'i', 'audit', '--version'].includes(verb ?? '')
      ? []
      : [`npm has no '${verb}' here`];
  return name !== undefined && (scripts.has(name) || name.startsWith('-'))
    ? []
    : [`package.json has no script '${name}'`];
}
