import type { Rule } from './rule.ts';
import { serviceSelectsPods } from './rules/references/service-selects-pods.ts';

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
] as const;
export type Family = (typeof FAMILIES)[number];

/** Every rule. A new one is one line here, in the folder of its family. */
export const RULES: Readonly<Record<Family, readonly Rule[]>> = {
  schema: [],
  references: [serviceSelectsPods],
  capacity: [],
  availability: [],
  lifecycle: [],
  network: [],
  security: [],
  observability: [],
};

/** Every rule of every family. */
export function allRules(): readonly Rule[] {
  return FAMILIES.flatMap((family) => RULES[family]);
}
