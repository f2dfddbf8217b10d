import { type Change, type Changed, compareSnapshots, objectOf } from './compare.ts';
import type { Risk } from './risk.ts';
import { risksOf } from './risks/all.ts';
import { showField } from './show.ts';
import type { Sides } from './sides.ts';
import { titleOf } from './snapshot.ts';

/** Objects that change in exactly the same fields, told once: a new version touches dozens. */
export interface ChangedGroup {
  readonly objects: readonly string[];
  readonly fields: readonly string[];
}

/** A diff as a reviewer reads it; the renderers only dress it. */
export interface Report {
  /** What is compared with what: `dist/ since HEAD`. */
  readonly title: string;
  readonly summary: string;
  readonly risks: readonly Risk[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ChangedGroup[];
}

/** Risks first, then every object and every field. */
export function reportOf({ title, replaces, before, after }: Sides): Report {
  const changes = compareSnapshots(before, after);
  const risks = replaces ? risksOf(changes) : [];
  const named = (kind: Change['kind']) =>
    changes.filter((change) => change.kind === kind).map((change) => withFile(change));
  return {
    title,
    summary: [countsOf(changes), ...(replaces && changes.length > 0 ? [levelsOf(risks)] : [])].join('; '),
    risks,
    added: named('added'),
    removed: named('removed'),
    changed: groupsOf(changes.filter((change): change is Changed => change.kind === 'changed')),
  };
}

function countsOf(changes: readonly Change[]): string {
  if (changes.length === 0) return 'no object changes';
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
}

function levelsOf(risks: readonly Risk[]): string {
  const count = (level: Risk['level']) => risks.filter((risk) => risk.level === level).length;
  return `${count('danger')} dangerous, ${count('caution')} to look at, ${count('rollout')} rollouts`;
}

function groupsOf(changes: readonly Changed[]): readonly ChangedGroup[] {
  const groups = new Map<string, { objects: string[]; fields: readonly string[] }>();
  for (const change of changes) {
    const fields = change.fields.map((field) => showField(change.after, field));
    const group = groups.get(fields.join('\n'));
    if (group) group.objects.push(withFile(change));
    else groups.set(fields.join('\n'), { objects: [withFile(change)], fields });
  }
  return [...groups.values()];
}

function withFile(change: Change): string {
  const object = objectOf(change);
  return `${titleOf(object)} (${object.origin.file})`;
}
