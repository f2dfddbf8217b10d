import { exemptionsAreJustified } from './exemptions.ts';
import type { Rule } from './rule.ts';
import { availability } from './rules/availability.ts';
import { capacity } from './rules/capacity.ts';
import { judge } from './rules/judge.ts';
import { lifecycle } from './rules/lifecycle.ts';
import { network } from './rules/network.ts';
import { observability } from './rules/observability.ts';
import { readable } from './rules/readable.ts';
import { references } from './rules/references.ts';
import { schema } from './rules/schema.ts';
import { security } from './rules/security.ts';

/** The families of rules, in the order in which reports and the generated page show them. */
export const FAMILIES = [
  'schema',
  'references',
  'capacity',
  'availability',
  'lifecycle',
  'network',
  'security',
  'observability',
  'judge',
  'exemptions',
] as const;
export type Family = (typeof FAMILIES)[number];

/** Every rule. A new one is one line in the list of its family, `rules/<family>.ts`. */
export const RULES: Readonly<Record<Family, readonly Rule[]>> = {
  schema: [readable, ...schema],
  references,
  capacity,
  availability,
  lifecycle,
  network,
  security,
  observability,
  judge,
  exemptions: [exemptionsAreJustified],
};

/** Every rule of every family. */
export function allRules(): readonly Rule[] {
  return FAMILIES.flatMap((family) => RULES[family]);
}
