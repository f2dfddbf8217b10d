import { EXEMPTION_PREFIX } from './annotations.ts';
import type { Field, Resource } from './field.ts';
import type { Platform } from './platform.ts';
import { keyOf, type Problem, type Rule } from './rule.ts';
import { matchesGlob } from './selector.ts';
import { didYouMean } from './suggest.ts';

/** Shorter than this, a reason is a shrug. */
const REASON_AT_LEAST = 12;

/** The rule about exemptions themselves. The engine adds to its findings the exemptions that exempt nothing: only it knows. */
export const exemptionsAreJustified: Rule = {
  id: 'exemptions-are-justified',
  title: 'Every exemption names a rule, a reason, and no day that is past',
  rationale:
    'An exemption without a reason is a switched-off alarm, and one that exempts nothing hides the next fault.',
  docs: 'https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/',
  check: () => [],
};

/** An exemption that does not stand on the object: for manifests that are not ours to annotate. */
export interface Exemption {
  readonly rule: string;
  readonly reason: string;
  /** The last day on which it holds, `2027-01-31`. @default - no end */
  readonly until?: string | undefined;
  /** `Kind/namespace/name`, `*` for any part of it. @default - every object */
  readonly objects?: readonly string[] | undefined;
  /** Paths as findings show them, `*` for any part. @default - every file */
  readonly files?: readonly string[] | undefined;
}

/** What exempts the objects of a platform, and what of it was of use. */
export class Exemptions {
  readonly #listed: readonly Exemption[];
  readonly #today: string | undefined;
  readonly #used = new Set<Exemption | string>();

  /** @param today `2026-11-28`, for exemptions that end; without it they do not */
  constructor(listed: readonly Exemption[], today: string | undefined) {
    this.#listed = listed;
    this.#today = today;
  }

  /** Whether a finding of this rule at this object is exempt. */
  cover(rule: string, resource: Resource): boolean {
    const said = resource.annotations[`${EXEMPTION_PREFIX}${rule}`];
    if (said !== undefined && isReason(said) && !this.#isPast(untilOf(said))) {
      this.#used.add(`${rule} ${resource} ${resource.origin.file}`);
      return true;
    }
    const listed = this.#listed.find((one) => one.rule === rule && !this.#isPast(one.until) && isMeant(one, resource));
    if (listed) this.#used.add(listed);
    return listed !== undefined;
  }

  /** What is wrong with the exemptions that stand on the objects. */
  *problems(platform: Platform, rules: readonly Rule[]): Iterable<Problem> {
    const ids = rules.map(({ id }) => id);
    for (const resource of platform.resources) {
      for (const [key, reason] of Object.entries(resource.annotations)) {
        if (!key.startsWith(EXEMPTION_PREFIX)) continue;
        const id = key.slice(EXEMPTION_PREFIX.length);
        const isUsed = this.#used.has(`${id} ${resource} ${resource.origin.file}`);
        const problem = this.#problem(resource.annotation(key), id, reason, isUsed, ids);
        if (problem) yield problem;
      }
    }
  }

  /** The listed exemptions that exempted nothing, or whose day is past. */
  get idle(): readonly string[] {
    const idle = this.#listed.filter((one) => !this.#used.has(one));
    return idle.map(({ rule, reason, until }) => {
      const end = this.#isPast(until) ? `ended on ${until}` : 'exempts nothing';
      return `the exemption from ${rule} (${reason}) ${end}`;
    });
  }

  #problem(at: Field, id: string, reason: string, isUsed: boolean, ids: readonly string[]): Problem | undefined {
    const until = untilOf(reason);
    if (!ids.includes(id)) {
      const fix = didYouMean(id, ids, 'List the rules with --list, or remove the exemption.');
      return { at, message: `there is no rule ${id}`, fix };
    }
    const of = `the exemption from ${id}`;
    if (!isReason(reason))
      return { at, message: `${of} gives no reason`, fix: 'Say why it is acceptable here, and until when.' };
    if (until !== undefined && !isDay(until))
      return { at, message: `${of} ends on ${until}, which is no day`, fix: 'Write a day that the calendar has.' };
    if (this.#isPast(until))
      return { at, message: `${of} ended on ${until}`, fix: 'Mend what it exempted, or decide anew.' };
    return isUsed ? undefined : { at, message: `${of} exempts nothing: the rule holds`, fix: 'Remove it.' };
  }

  #isPast(until: string | undefined): boolean {
    return until !== undefined && this.#today !== undefined && (until < this.#today || !isDay(until));
  }
}

/** A day that the calendar has; a year or a month alone is none. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

/** `until 2027-01-31: reason`, the day optional. */
function untilOf(reason: string): string | undefined {
  return /^until (\d{4}-\d{2}-\d{2})\b/.exec(reason.trim())?.[1];
}

function isReason(text: string): boolean {
  const reason = text.trim().replace(/^until [\d-]+:?/, '');
  return reason.trim().length >= REASON_AT_LEAST;
}

function isMeant({ objects, files }: Exemption, { kind, namespace, name, origin }: Resource): boolean {
  const among = (patterns: readonly string[] | undefined, text: string): boolean =>
    patterns?.some((pattern) => matchesGlob(pattern, text)) ?? true;
  return among(objects, keyOf({ kind, namespace, name })) && among(files, origin.file);
}
