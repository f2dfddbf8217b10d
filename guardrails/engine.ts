import { exceptionsAreJustified, excuses, judgeExceptions } from './exceptions.ts';
import type { Finding, Problem } from './finding.ts';
import { locate, type Position } from './locations.ts';
import { Platform } from './platform.ts';
import { allRules } from './registry.ts';
import { Resource } from './resource.ts';
import type { Rule } from './rule.ts';
import { type Document, flatten } from './source.ts';

export interface CheckOptions {
  /** The rules to judge by. @default - all of them */
  readonly rules?: readonly Rule[];
  /** What is in the cluster now, for rules about changes that an update cannot make. @default - unknown */
  readonly previous?: readonly Document[];
  /** The names of the runbooks that are written, for the alerts that name one. @default - unknown */
  readonly runbooks?: readonly string[] | undefined;
  /** Prefixes under which our annotations are read beside the default one. @default - none */
  readonly prefixes?: readonly string[] | undefined;
}

/** Judges everything that is given as one platform. The findings come in the order of the rules. */
export function checkPlatform(documents: readonly Document[], options: CheckOptions = {}): readonly Finding[] {
  const rules = options.rules ?? allRules();
  const platform = readPlatform(documents, options);
  const used = rules.map(() => new Set<Resource>());
  const found = rules.flatMap((rule, index) =>
    [...rule.check(platform)]
      .filter(({ at }) => !excuses(at.resource).includes(rule.id) || !used[index]?.add(at.resource))
      .map((problem) => ({ rule, problem })),
  );
  for (const problem of judgeExceptions(platform, rules, used)) found.push({ rule: exceptionsAreJustified, problem });
  const positions = locate(
    documents,
    found.map(({ problem }) => problem.at),
  );
  return found.map(({ rule, problem }) => toFinding(rule, problem, positions.get(problem.at)));
}

/** The view that rules read. */
export function readPlatform(
  documents: readonly Document[],
  { previous, runbooks, prefixes }: Omit<CheckOptions, 'rules'> = {},
): Platform {
  const before = previous === undefined ? undefined : readPlatform(previous, { prefixes });
  return new Platform(
    documents.flatMap(flatten).map(({ origin, value }) => new Resource(origin, value, prefixes)),
    { previous: before, runbooks },
  );
}

function toFinding(rule: Rule, problem: Problem, position: Position | undefined): Finding {
  const { resource } = problem.at;
  return {
    rule: rule.id,
    severity: problem.severity ?? rule.severity,
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
