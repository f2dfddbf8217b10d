import { EXEMPTION_PREFIX } from './annotations.ts';
import type { Problem } from './finding.ts';
import type { Platform } from './platform.ts';
import type { Resource } from './resource.ts';
import type { Rule } from './rule.ts';
import { suggest } from './suggest.ts';

/** Shorter than this, a reason is a shrug. */
const REASON_AT_LEAST = 12;

/** The rule about exceptions themselves. The engine adds to its findings the exceptions that excuse nothing: only it knows. */
export const exceptionsAreJustified: Rule = {
  id: 'exceptions-are-justified',
  title: 'Every exception names a rule that it excuses from, and a reason',
  rationale:
    'An exception without a reason is a switched-off alarm, and one that excuses nothing hides the next fault.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/',
  check: () => [],
};

/** The rule ids that an object's annotations excuse it from, with a reason good enough to count. */
export function excuses(resource: Resource): readonly string[] {
  return Object.entries(resource.annotations)
    .filter(([key, reason]) => key.startsWith(EXEMPTION_PREFIX) && reason.trim().length >= REASON_AT_LEAST)
    .map(([key]) => key.slice(EXEMPTION_PREFIX.length));
}

/** What is wrong with the exceptions of a platform. `used` holds, rule by rule, the objects that were excused from it. */
export function* judgeExceptions(
  platform: Platform,
  rules: readonly Rule[],
  used: readonly ReadonlySet<Resource>[],
): Iterable<Problem> {
  const ids = rules.map(({ id }) => id);
  for (const resource of platform.resources) {
    for (const [key, reason] of Object.entries(resource.annotations)) {
      if (!key.startsWith(EXEMPTION_PREFIX)) continue;
      const id = key.slice(EXEMPTION_PREFIX.length);
      const at = resource.annotation(key);
      const index = ids.indexOf(id);
      if (index < 0) yield { at, message: `there is no rule ${id}`, fix: unknownRule(id, ids) };
      else if (reason.trim().length < REASON_AT_LEAST) {
        yield {
          at,
          message: `the exception from ${id} gives no reason`,
          fix: 'Say why it is acceptable here, and until when.',
        };
      } else if (!used[index]?.has(resource)) {
        yield { at, message: `the exception from ${id} excuses nothing: the rule holds`, fix: 'Remove it.' };
      }
    }
  }
}

function unknownRule(id: string, ids: readonly string[]): string {
  const meant = suggest(id, ids);
  return meant === undefined ? 'List the rules with --list, or remove the exception.' : `Did you mean ${meant}?`;
}
