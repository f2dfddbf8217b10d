/** What the package offers to programs: read manifests, evaluate rules over them, write further rules. */
export { type CheckOptions, checkPlatform } from './engine.ts';
export { type Exemption, Exemptions } from './exemptions.ts';
export { readInput } from './input/files.ts';
export { readText } from './input/parse.ts';
export type { Platform } from './platform.ts';
export { allRules } from './registry.ts';
export type { Finding, Problem, Rule, Severity } from './rule.ts';
