import { RE2JS } from 're2js';
import { attempt } from './attempt.ts';

const compiled = new Map<string, RE2JS | undefined>();

/** Patterns that manifests bring run on RE2, as in the servers that read them, so that none can take long. One that RE2 does not read fits anything. */
function compile(pattern: string): RE2JS | undefined {
  const read = () => RE2JS.compile(pattern, RE2JS.DOTALL);
  if (!compiled.has(pattern)) compiled.set(pattern, attempt(read));
  return compiled.get(pattern);
}

/** Whether the pattern stands somewhere in the text, as in a schema. */
export function findsPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.matcher(text).find() ?? true;
}

/** Whether the whole text is as the pattern says, as in the configuration of Prometheus. */
export function fitsPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.matches(text) ?? true;
}
