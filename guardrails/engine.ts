import type { Finding, Problem } from './finding.ts';
import { Locations } from './locations.ts';
import { Platform } from './platform.ts';
import { allRules } from './registry.ts';
import { Resource } from './resource.ts';
import type { Rule } from './rule.ts';
import { type Document, flatten } from './source.ts';

/** Judges everything that is given as one platform, by every rule. */
export function checkPlatform(documents: readonly Document[], rules: readonly Rule[] = allRules()): readonly Finding[] {
  const platform = readPlatform(documents);
  const locations = new Locations(documents);
  return rules.flatMap((rule) => [...rule.check(platform)].map((problem) => toFinding(rule, problem, locations)));
}

/** The view that rules read. */
export function readPlatform(documents: readonly Document[]): Platform {
  return new Platform(documents.flatMap(flatten).map(({ origin, value }) => new Resource(origin, value)));
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
