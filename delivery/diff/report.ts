import { groupBy } from '../../charts/constructs/lists.ts';
import {
  type Change,
  type Changed,
  compareSnapshots,
  objectOf,
  RISK_LEVELS,
  type Risk,
  type RiskFinder,
  type RiskLevel,
  showField,
} from './compare.ts';
import { fieldRisks } from './risks/fields.ts';
import { openings, removals, renames } from './risks/objects.ts';
import { widerPolicies } from './risks/policies.ts';
import { rollouts } from './risks/rollout.ts';
import { type Sides, titleOf } from './snapshot.ts';

/** Objects that change in exactly the same fields, told once: a new version touches dozens. */
export interface ChangedGroup {
  readonly objects: readonly string[];
  readonly fields: readonly string[];
}

export interface RiskGroup {
  readonly level: RiskLevel;
  readonly objects: readonly string[];
  readonly message: string;
  readonly advice: string;
}

/** A diff as a reviewer reads it; the renderers only dress it. */
export interface Report {
  /** What is compared with what: `dist/ since HEAD`. */
  readonly title: string;
  readonly summary: string;
  readonly risks: readonly Risk[];
  readonly riskGroups: readonly RiskGroup[];
  /** What to call objects of the second side alone, and of the first. */
  readonly headings: { readonly added: string; readonly removed: string };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly ChangedGroup[];
}

const REPLACED = { added: 'added', removed: 'removed, to prune' };

export function reportOf({ title, replaces, before, after, headings = REPLACED }: Sides): Report {
  const changes = compareSnapshots(before, after);
  const risks = replaces ? risksOf(changes) : [];
  const named = (kind: Change['kind']) =>
    changes.filter((change) => change.kind === kind).map((change) => withFile(change));
  return {
    title,
    summary: [countsOf(changes, headings), ...(replaces && changes.length > 0 ? [levelsOf(risks)] : [])].join('; '),
    risks,
    riskGroups: riskGroupsOf(risks),
    headings,
    added: named('added'),
    removed: named('removed'),
    changed: groupsOf(changes.filter((change): change is Changed => change.kind === 'changed')),
  };
}

function countsOf(changes: readonly Change[], headings: Report['headings']): string {
  if (changes.length === 0) return 'no object changes';
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const [added, removed] = [headings.added, headings.removed].map((heading) => heading.split(',')[0]);
  return `${count('added')} ${added}, ${count('removed')} ${removed}, ${count('changed')} changed`;
}

function levelsOf(risks: readonly Risk[]): string {
  const count = (level: Risk['level']) => risks.filter((risk) => risk.level === level).length;
  const rollouts = count('rollout');
  return `${count('danger')} dangerous, ${count('caution')} to look at, ${rollouts} ${rollouts === 1 ? 'rollout' : 'rollouts'}`;
}

function riskGroupsOf(risks: readonly Risk[]): readonly RiskGroup[] {
  const groups = groupBy(risks, ({ level, message, advice }) => [level, message, advice].join('\n'));
  return [...groups.values()].map((alike) => {
    const [{ level, message, advice }] = alike;
    return { level, objects: alike.map(({ change }) => titleOf(objectOf(change))), message, advice };
  });
}

function groupsOf(changes: readonly Changed[]): readonly ChangedGroup[] {
  const shown = changes.map((change) => ({
    object: withFile(change),
    fields: change.fields.map((field) => showField(change.after, field)),
  }));
  return [...groupBy(shown, ({ fields }) => fields.join('\n')).values()].map((alike) => ({
    objects: alike.map(({ object }) => object),
    fields: alike[0].fields,
  }));
}

function withFile(change: Change): string {
  const object = objectOf(change);
  return `${titleOf(object)} (${object.origin.file})`;
}

/** Every finder; a new one is one line here. */
const FINDERS: readonly RiskFinder[] = [removals, fieldRisks, renames, widerPolicies, openings, rollouts];

export function risksOf(changes: readonly Change[]): readonly Risk[] {
  const risks = FINDERS.flatMap((find) => find(changes));
  return RISK_LEVELS.flatMap((level) => risks.filter((risk) => risk.level === level));
}
