import { Exemptions, exemptionsAreJustified } from './exemptions.ts';
import { Resource } from './field.ts';
import { type Document, flatten } from './input/document.ts';
import { askJudge } from './judge/judge.ts';
import { locate, type Position } from './locations.ts';
import { Platform, type Surroundings } from './platform.ts';
import { allRules } from './registry.ts';
import type { Finding, Problem, Rule, Severity } from './rule.ts';
import { readable } from './rules/schema.ts';

export interface CheckOptions extends Omit<Surroundings, 'previous'> {
  /** The rules to evaluate. @default - all of them */
  readonly rules?: readonly Rule[];
  /** What is in the cluster now, for rules about changes that an update cannot make. @default - unknown */
  readonly previous?: readonly Document[];
  /** What exempts objects beside their annotations, and until when. @default - nothing */
  readonly exemptions?: Exemptions | undefined;
  /** Prefixes under which our annotations are read beside the default one. @default - none */
  readonly prefixes?: readonly string[] | undefined;
}

/** Evaluates the rules over everything that is given, as one platform. The findings come in the order of the rules. */
export function checkPlatform(documents: readonly Document[], options: CheckOptions = {}): readonly Finding[] {
  const rules = options.rules ?? allRules();
  const platform = readPlatform(documents, options);
  // The judge reads while the rules are evaluated; its own come last.
  if (rules.some(({ asksJudge }) => asksJudge)) askJudge(platform);
  const exemptions = options.exemptions ?? new Exemptions([], undefined);
  const evaluate = (asking: boolean) =>
    rules
      .filter(({ asksJudge = false }) => asksJudge === asking)
      .map(
        (rule) => [rule, rule.where && platform.environments.length === 0 ? [] : [...rule.check(platform)]] as const,
      );
  const problems = new Map([...evaluate(false), ...evaluate(true)]);
  const found = rules.flatMap((rule) =>
    (problems.get(rule) ?? [])
      .filter((problem) => isAsked(platform, rule, problem) && !exemptions.cover(rule.id, problem.at.resource))
      .map((problem) => ({ rule, problem })),
  );
  for (const problem of exemptions.problems(platform, rules)) found.push({ rule: exemptionsAreJustified, problem });
  const places = found.map(({ problem }) => problem.at);
  const positions = locate(documents, places);
  return [
    ...documents.flatMap(unreadableIn),
    ...found.map(({ rule, problem }) => toFinding(platform, rule, problem, positions.get(problem.at))),
  ];
}

function unreadableIn({ file, unreadable = [] }: Document): readonly Finding[] {
  const whole = { rule: readable.id, file, kind: '', namespace: '', name: '', path: '', why: readable.rationale };
  return unreadable.map((problem) => ({ ...whole, severity: 'error', ...problem }));
}

/** The view that rules read. */
export function readPlatform(
  documents: readonly Document[],
  { previous, prefixes, ...around }: Omit<CheckOptions, 'rules'> = {},
): Platform {
  const before = previous && readPlatform(previous, { prefixes, profile: around.profile });
  return new Platform(
    documents.flatMap(flatten).map(({ origin, value }) => new Resource(origin, value, prefixes)),
    { ...around, previous: before },
  );
}

/** Whether the rule asks anything where the problem is. */
function isAsked(platform: Platform, { where }: Rule, { at }: Problem): boolean {
  const environment = platform.environmentAround(at.resource);
  return where === undefined || (where === 'declared' ? environment !== undefined : !!environment?.promises(where));
}

/** What has no namespace belongs to every environment that declares itself. */
function severityOf(platform: Platform, rule: Rule, problem: Problem): Severity {
  const { resource } = problem.at;
  const isOfCluster = resource.namespace === '' && resource.kind !== 'Namespace';
  const isElsewhere = isOfCluster
    ? platform.environments.length === 0
    : platform.environmentAround(resource) === undefined;
  const elsewhere = isElsewhere ? (problem.elsewhere ?? rule.elsewhere) : undefined;
  return problem.severity ?? elsewhere ?? rule.severity ?? 'error';
}

function toFinding(platform: Platform, rule: Rule, problem: Problem, position: Position | undefined): Finding {
  const { resource } = problem.at;
  return {
    rule: rule.id,
    severity: severityOf(platform, rule, problem),
    file: resource.origin.file,
    ...position,
    kind: resource.kind,
    namespace: resource.namespace,
    name: resource.name,
    path: String(problem.at),
    ...(resource.construct === undefined ? {} : { construct: resource.construct }),
    message: problem.message,
    why: rule.rationale,
    fix: problem.fix,
  };
}
