import { parseAll } from './manifest-yaml.ts';

/** Objects that a synthesis added, changed or removed, as `Kind namespace/name`. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Compares two states of a folder object by object; a file that cannot be read as YAML counts as empty. */
export function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Changes {
  const [old, now] = [objectsOf(before), objectsOf(after)];
  return {
    added: [...now.keys()].filter((key) => !old.has(key)),
    changed: [...now].filter(([key, text]) => old.has(key) && old.get(key) !== text).map(([key]) => key),
    removed: [...old.keys()].filter((key) => !now.has(key)),
  };
}

/** Only files that differ matter: parsing is most of the cost. */
export function differingFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const differs = ([path, text]: [string, string], other: ReadonlyMap<string, string>) => other.get(path) !== text;
  return {
    before: new Map([...before].filter((entry) => differs(entry, after))),
    after: new Map([...after].filter((entry) => differs(entry, before))),
  };
}

function objectsOf(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files.values()].flatMap((text) => documents(text)));
}

function documents(text: string): [string, string][] {
  return parseAll(text).flatMap((document) => {
    const key = keyOf(document);
    return key === undefined ? [] : [[key, JSON.stringify(document)]];
  });
}

function keyOf(document: unknown): string | undefined {
  if (document === null || typeof document !== 'object') return undefined;
  const { kind, metadata } = document as { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  if (typeof kind !== 'string' || typeof metadata?.name !== 'string') return undefined;
  return typeof metadata.namespace === 'string'
    ? `${kind} ${metadata.namespace}/${metadata.name}`
    : `${kind} ${metadata.name}`;
}
