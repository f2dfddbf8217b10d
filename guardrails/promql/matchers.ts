import { fitsPattern } from '../pattern.ts';
import type { Matcher } from './analyse.ts';
import type { Fault } from './faults.ts';

/** What no series can have: a label with two values, or one whose value is a pattern taken literally. */
export function impossible(matchers: readonly Matcher[]): Fault | undefined {
  const known = new Map<string, string>();
  for (const { label, value } of matchers) {
    if (value === undefined) continue;
    if (/\.[*+]|^[1-5]\.\.$|\w\|\w/.test(value))
      return {
        message: `never fires: ${label}="${value}" takes the pattern for a text`,
        fix: `Write ${label}=~"${value}".`,
      };
    const other = known.get(label) ?? value;
    if (other !== value)
      return { message: `never fires: ${label} is both ${other} and ${value}`, fix: 'Remove one of them.' };
    known.set(label, value);
  }
  const refusing = matchers.find((matcher) => refuses(matcher, known.get(matcher.label)));
  if (refusing === undefined) return undefined;
  const { label, operator, text } = refusing;
  const message = `never fires: ${label} is ${known.get(label)}, which ${label}${operator}"${text}" excludes`;
  return { message, fix: 'Remove one of them.' };
}

/** Whether a matcher does not let through a value that the label is known to have. */
function refuses({ operator, text }: Matcher, value: string | undefined): boolean {
  if (value === undefined) return false;
  if (operator === '!=') return text === value;
  return operator === '=~' ? !fitsPattern(text, value) : operator === '!~' && fitsPattern(text, value);
}
