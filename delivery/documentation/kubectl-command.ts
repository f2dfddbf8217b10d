import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from './check-command.ts';
import { ANY_NAMESPACE, type KnownObjects } from './known-objects.ts';

/** Flags of kubectl that take the next word as their value. */
const VALUED = new Set([
  '-n',
  '--namespace',
  '-f',
  '--filename',
  '-l',
  '--selector',
  '-o',
  '--output',
  '-c',
  '--container',
  '--type',
  '-p',
  '--patch',
]);

interface Parsed {
  readonly flags: ReadonlyMap<string, string>;
  readonly positionals: readonly string[];
}

function parse(args: readonly string[]): Parsed {
  const flags = new Map<string, string>();
  const positionals: string[] = [];
  const end = args.indexOf('--');
  const ours = end < 0 ? args : args.slice(0, end);
  for (let index = 0; index < ours.length; index += 1) {
    const word = ours[index] ?? '';
    const [flag, value] = word.split(/=(.*)/s);
    if (!word.startsWith('-')) positionals.push(word);
    else if (value !== undefined) flags.set(flag ?? '', value);
    else if (VALUED.has(word)) flags.set(word, ours[++index] ?? '');
    else flags.set(word, '');
  }
  return { flags, positionals };
}

/** What is wrong with a kubectl command, its program name left away; empty when it names only what is in dist/. */
export function kubectlProblems(args: readonly string[], { root, objects }: World): readonly string[] {
  const { flags, positionals } = parse(args);
  const namespace = flags.get('-n') ?? flags.get('--namespace') ?? ANY_NAMESPACE;
  const file = flags.get('-f') ?? flags.get('--filename');
  const selector = flags.get('-l') ?? flags.get('--selector');
  const from = flags.get('--from');
  return [
    ...(objects.namespace(namespace) ? [] : [`dist/ declares no namespace ${namespace}`]),
    ...(file === undefined || file === '-' || /^https?:/.test(file) || existsSync(join(root, file))
      ? []
      : [`there is no ${file}`]),
    ...(selector === undefined || objects.selector(selector, namespace)
      ? []
      : [`${selector} selects nothing in ${namespace}`]),
    ...(from === undefined ? [] : namedProblems([from], namespace, objects)),
    ...namedProblems(resourcesOf(positionals), namespace, objects),
    ...insideProblems(positionals, flags, namespace, objects),
  ];
}

/** The words of a command that name kinds and objects, as `kind/name`; `kind/` alone names a kind. */
function resourcesOf([verb, ...rest]: readonly string[]): readonly string[] {
  switch (verb) {
    case 'rollout':
    case 'set':
      return rest.slice(1).filter((word) => !word.includes('='));
    case 'top':
      return [];
    case 'exec':
    case 'logs':
    case 'port-forward':
      return rest.slice(0, 1).map((word) => (word.includes('/') ? word : `pod/${word}`));
    case 'annotate':
    case 'label':
      return kindsAndNames(rest.filter((word) => !word.includes('=')));
    case 'get':
    case 'describe':
    case 'delete':
    case 'patch':
    case 'scale':
    case 'wait':
      return kindsAndNames(rest);
    default:
      return [];
  }
}

function kindsAndNames(words: readonly string[]): readonly string[] {
  const [kinds = '', ...names] = words;
  if (kinds.includes('/')) return words;
  if (names.length === 0) return kinds.split(',').map((kind) => `${kind}/`);
  return names.map((name) => `${kinds}/${name}`);
}

function namedProblems(resources: readonly string[], namespace: string, objects: KnownObjects): readonly string[] {
  return resources.flatMap((resource) => {
    const [kind = '', name = ''] = resource.split('/');
    if (!objects.kind(kind)) return [`dist/ has no ${kind}`];
    return name === '' || objects.object(kind, namespace, name) ? [] : [`dist/ has no ${kind} ${name} in ${namespace}`];
  });
}

/** A container or a port that the named object does not have. */
function insideProblems(
  [verb, target = '', ...rest]: readonly string[],
  flags: ReadonlyMap<string, string>,
  namespace: string,
  objects: KnownObjects,
): readonly string[] {
  const container = flags.get('-c') ?? flags.get('--container');
  const ports = verb === 'port-forward' ? rest.map((pair) => Number(pair.split(':').at(-1))) : [];
  const [kind = '', name = ''] = (target.includes('/') ? target : `pod/${target}`).split('/');
  if (objects.isOpen(namespace, name)) return [];
  return [
    ...(container === undefined || objects.containers(kind, namespace, name).includes(container)
      ? []
      : [`${target} has no container ${container}`]),
    ...ports
      .filter((port) => !objects.ports(kind, namespace, name).includes(port))
      .map((port) => `${target} has no port ${port}`),
  ];
}
