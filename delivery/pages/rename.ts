import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, Project } from '../../charts/plan/part.ts';
import { readFolder } from '../../output/files.ts';

/** Writes the new names of objects and the new addresses in place of those that the last synthesis wrote, where the project has others now. */
export function renameOf(plans: readonly Plan[], root: string): (text: string) => string {
  const [first] = plans;
  if (first === undefined) return (text) => text;
  const dist = readFolder(join(root, 'dist'));
  const compose = join(root, 'compose.yaml');
  const before = [...dist.values(), existsSync(compose) ? readFileSync(compose, 'utf8') : ''].join('\n');
  const rename = renamedObjects(first.project, before);
  const move = replacing([...movedProject(first.project, before), ...movedHosts(plans, dist)]);
  return (text) => move(rename(text));
}

type Pair = readonly [old: string | undefined, now: string];

/** Contact, image and repository: what was written, and what the project says now. */
function movedProject({ contact, image, repository }: Project, before: string): Pair[] {
  const found = (pattern: RegExp) => pattern.exec(before)?.[1];
  const path = (url: string) => url.replace(/^https?:\/\/[^/]+\//, '');
  const source = found(/^ *repoURL: (\S+)$/m);
  return [
    [found(/^ *email: (\S+)$/m), contact],
    [found(/^ *image: (\S+):\S+\n *build:$/m), image],
    [source, repository],
    // As badges name it.
    [source && path(source), path(repository)],
  ];
}

function movedHosts(plans: readonly Plan[], dist: ReadonlyMap<string, string>): Pair[] {
  return plans.map(({ environment: { name, edge } }) => [
    /^ *- host: (\S+)$/m.exec(dist.get(`${name}.k8s.yaml`) ?? '')?.[1],
    edge.host,
  ]);
}

/** Replaces all in one pass, the first that fits, and none that is a part of a longer name: one that stays is matched too. */
function replacing(pairs: readonly Pair[]): (text: string) => string {
  const moved = new Map(pairs.flatMap(([old, now]) => (old === undefined ? [] : [[old, now]])));
  if (moved.size === 0) return (text) => text;
  const words = [...moved.keys()].map((old) => old.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\w@.-])(?:${words})(?![\\w-])`, 'g');
  return (text) => text.replaceAll(pattern, (old) => moved.get(old) ?? old);
}

function renamedObjects(project: Project, before: string): (text: string) => string {
  const old = /app\.kubernetes\.io\/part-of: (\S+)/.exec(before)?.[1];
  const now = project.name;
  if (old === undefined || old === now) return (text) => text;
  const named = [...before.matchAll(/^ *(?:- )?(?:name|namespace): (\S+)$/gm)].map(([, name = '']) => name);
  const names = new Set(named.filter((name) => name.startsWith(`${old}-`)));
  return (text) =>
    text.replaceAll(/[a-z0-9]+(?:-[a-z0-9]+)+/g, (word) => (names.has(word) ? now + word.slice(old.length) : word));
}
