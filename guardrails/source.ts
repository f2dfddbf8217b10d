import { isRecord, type Key } from './field.ts';
import type { Origin } from './resource.ts';

/** One file with the objects in it, in order. */
export interface Document {
  readonly file: string;
  readonly objects: readonly unknown[];
  /** The text they were read from, for positions: one YAML document an object. @default - findings have no line */
  readonly text?: string;
}

/** The objects of a file with the items of lists taken out, each with the way to it. */
export function flatten({ file, objects }: Document): readonly { readonly origin: Origin; readonly value: unknown }[] {
  return objects.flatMap((value, document) =>
    value === null || value === undefined ? [] : unpack({ file, document, within: [] }, value),
  );
}

function unpack(origin: Origin, value: unknown): readonly { readonly origin: Origin; readonly value: unknown }[] {
  if (!isRecord(value) || !Array.isArray(value['items']) || !isList(value['kind'])) return [{ origin, value }];
  return value['items'].flatMap((item, index) => {
    const within: readonly Key[] = [...origin.within, 'items', index];
    return unpack({ ...origin, within }, item);
  });
}

/** `List`, and lists of one kind such as `ConfigMapList`. */
function isList(kind: unknown): boolean {
  return typeof kind === 'string' && kind.endsWith('List');
}

/** The documents of a YAML stream that hold anything, each with the number of lines before it. */
export function splitDocuments(text: string): readonly { readonly text: string; readonly line: number }[] {
  const lines = text.split('\n');
  const starts = [0, ...lines.flatMap((line, index) => (index > 0 && /^---(\s|$)/.test(line) ? index : []))];
  return starts
    .map((start, index) => ({ text: lines.slice(start, starts[index + 1]).join('\n'), line: start }))
    .filter((document) =>
      document.text.split('\n').some((line) => !/^\s*(#|%(YAML|TAG)\s|---\s*(#|$)|\.\.\.\s*$|$)/.test(line)),
    );
}
