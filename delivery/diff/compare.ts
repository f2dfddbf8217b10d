import type { Resource } from '../../guardrails/field.ts';
import { compareFields, type FieldChange } from './fields.ts';
import type { Snapshot } from './snapshot.ts';

export interface Added {
  readonly kind: 'added';
  readonly after: Resource;
}

export interface Removed {
  readonly kind: 'removed';
  readonly before: Resource;
}

export interface Changed {
  readonly kind: 'changed';
  readonly before: Resource;
  readonly after: Resource;
  readonly fields: readonly FieldChange[];
}

export type Change = Added | Removed | Changed;

/** The object that a change is about: as it will be, or as it was when it goes. */
export function objectOf(change: Change): Resource {
  return change.kind === 'removed' ? change.before : change.after;
}

/** What differs between two snapshots, in the order of the manifests: first what changes or comes, then what goes. */
export function compareSnapshots(before: Snapshot, after: Snapshot): readonly Change[] {
  const present = [...after].flatMap(([identity, now]): Change[] => {
    const was = before.get(identity);
    if (was === undefined) return [{ kind: 'added', after: now }];
    const fields = compareFields(was.root.value, now.root.value);
    return fields.length === 0 ? [] : [{ kind: 'changed', before: was, after: now, fields }];
  });
  const gone = [...before].filter(([identity]) => !after.has(identity));
  return [...present, ...gone.map(([, was]): Removed => ({ kind: 'removed', before: was }))];
}
