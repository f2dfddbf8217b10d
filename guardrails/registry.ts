import { exceptionsAreJustified } from './exceptions.ts';
import type { Rule } from './rule.ts';
import { serviceSelectsPods } from './rules/references/service-selects-pods.ts';
import { durations } from './rules/schema/durations.ts';
import { fieldTypes } from './rules/schema/field-types.ts';
import { identity } from './rules/schema/identity.ts';
import { knownFields } from './rules/schema/known-fields.ts';
import { knownKind } from './rules/schema/known-kind.ts';
import { knownWords } from './rules/schema/known-words.ts';
import { labels } from './rules/schema/labels.ts';
import { names } from './rules/schema/names.ts';
import { oneOf } from './rules/schema/one-of.ts';
import { podTemplate } from './rules/schema/pod-template.ts';
import { portNumbers } from './rules/schema/port-numbers.ts';
import { quantities } from './rules/schema/quantities.ts';
import { requestsWithinLimits } from './rules/schema/requests-within-limits.ts';
import { requiredFields } from './rules/schema/required-fields.ts';
import { schedules } from './rules/schema/schedules.ts';
import { servedApi } from './rules/schema/served-api.ts';

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
  'exceptions',
] as const;
export type Family = (typeof FAMILIES)[number];

/** Every rule. A new one is one line here, in the list of its family. */
export const RULES: Readonly<Record<Family, readonly Rule[]>> = {
  schema: [
    identity,
    knownKind,
    servedApi,
    knownFields,
    fieldTypes,
    requiredFields,
    knownWords,
    oneOf,
    podTemplate,
    names,
    labels,
    quantities,
    requestsWithinLimits,
    portNumbers,
    durations,
    schedules,
  ],
  references: [serviceSelectsPods],
  capacity: [],
  availability: [],
  lifecycle: [],
  network: [],
  security: [],
  observability: [],
  exceptions: [exceptionsAreJustified],
};

/** Every rule of every family. */
export function allRules(): readonly Rule[] {
  return FAMILIES.flatMap((family) => RULES[family]);
}
