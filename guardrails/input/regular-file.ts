import { readFileSync, statSync } from 'node:fs';
import { attempt } from '../attempt.ts';
import { type Document, flatten } from './document.ts';
import { decode, readText } from './parse.ts';

/**
 * Reads the objects of a file, and forgets its text: of many files that would be a large part of the memory, for the few in which something is
 * found. Anyone who asks for the text reads the file again, and gets none where it has changed since.
 */
export function readRegularFile(path: string, name: string): Document {
  const state = stateOf(path);
  const document = readText(name, decode(readFileSync(path)));
  // It looks at the text, and remembers what it made of it.
  flatten(document);
  const get = () => (attempt(() => stateOf(path)) === state ? attempt(() => decode(readFileSync(path))) : undefined);
  return statSync(path).isFile() ? Object.defineProperty(document, 'text', { get }) : document;
}

function stateOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
  return `${ino} ${size} ${mtimeMs}`;
}
