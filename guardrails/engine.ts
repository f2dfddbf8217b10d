import type { Finding, Problem } from './finding.ts';
import { Locations } from './locations.ts';
import { Platform } from './platform.ts';
import { allRules } from './registry.ts';
import { Resource } from './resource.ts';
import type { Rule } from './rule.ts';
import { type Document, flatten } from './source.ts';

export interface CheckOptions {
  /** @default - every rule */
  readonly rules?: readonly Rule[];
  /** What stood before: changes that the API server refuses are found by comparing. @default - nothing to compare with */
  readonly previous?: readonly Document[];
}

/** Judges everything that is given as one platform, by every rule. */
export function checkPlatform(documents: readonly Document[], options: CheckOptions = {}): readonly Finding[] {
  const { rules = allRules(), previous } = options;
  const platform = readPlatform(documents, previous);
  const locations = new Locations(documents);
  return rules.flatMap((rule) => [...rule.check(platform)].map((problem) => toFinding(rule, problem, locations)));
}

/** The view that rules read. */
export function readPlatform(documents: readonly Document[], previous?: readonly Document[]): Platform {
  return new Platform(readResources(documents), previous && new Platform(readResources(previous)));
}

function readResources(documents: readonly Document[]): readonly Resource[] {
  return documents.flatMap(flatten).map(({ origin, value }) => new Resource(origin, value));
}

function toFinding(rule: Rule, problem: Problem, locations: Locations): Finding {
  const { resource } = problem.at;
  return {
    rule: rule.id,
    severity: problem.severity ?? rule.severity,
    file: resource.origin.file,
    ...locations.of(problem.at),
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
