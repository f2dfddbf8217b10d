import { formatPath, isRecord, type Resource } from '../../guardrails/field.ts';
import type { FieldChange } from './fields.ts';

/** Longest value that a report shows whole. */
const LONGEST = 120;

/** A change of a field as one line: `spec.replicas: 3 -> 1`. Values of Secrets never appear in a report. */
export function showField(resource: Resource, { path, before, after }: FieldChange): string {
  const value = isSecret(resource, path) ? redacted : showValue;
  if (before === undefined) return `${formatPath(path)}: + ${value(after)}`;
  if (after === undefined) return `${formatPath(path)}: - ${value(before)}`;
  if (isHash(before) && isHash(after)) return `${formatPath(path)}: ${before.slice(0, 8)}… -> ${after.slice(0, 8)}…`;
  if (value === showValue && isText(before) && isText(after)) return `${formatPath(path)}: ${showLines(before, after)}`;
  return `${formatPath(path)}: ${value(before)} -> ${value(after)}`;
}

/** Two texts of several lines: the first line that differs, and how many more do. */
function showLines(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const gone = was.filter((line) => !is.includes(line));
  const come = is.filter((line) => !was.includes(line));
  const more = Math.max(gone.length, come.length) - 1;
  const rest = more > 0 ? ` (and ${more} more ${more === 1 ? 'line' : 'lines'})` : '';
  return `${showStep(firstText(gone), firstText(come))}${rest}`;
}

/** The first line that says something: braces and blank lines say nothing to a reader. */
function firstText(lines: readonly string[]): string | undefined {
  return (lines.find((line) => /\w/.test(line)) ?? lines[0])?.trim();
}

function showStep(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return after === undefined ? 'the same lines in another order' : `+ ${showValue(after)}`;
  return after === undefined ? `- ${showValue(before)}` : `${showValue(before)} -> ${showValue(after)}`;
}

/** A checksum only says that something else differs: its beginning is enough. */
function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.includes('\n');
}

/** A value in one short line. */
export function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value.replaceAll('\n', '\\n') : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}… (${text.length} characters)`;
}

function isSecret(resource: Resource, [first]: FieldChange['path']): boolean {
  return resource.kind === 'Secret' && resource.group === '' && (first === 'data' || first === 'stringData');
}

function redacted(value: unknown): string {
  return isRecord(value) ? `{${Object.keys(value).join(', ')}: hidden}` : '(hidden)';
}
