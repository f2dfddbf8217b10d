import { exceptionsAreJustified } from './exceptions.ts';
import type { Rule } from './rule.ts';
import { backendsExist } from './rules/references/backends-exist.ts';
import { budgetSelectsPods } from './rules/references/budget-selects-pods.ts';
import { claimsExist } from './rules/references/claims-exist.ts';
import { configExists } from './rules/references/config-exists.ts';
import { customReferencesExist } from './rules/references/custom-references-exist.ts';
import { hostsAreUnique } from './rules/references/hosts-are-unique.ts';
import { identitiesExist } from './rules/references/identities-exist.ts';
import { mountsHaveVolumes } from './rules/references/mounts-have-volumes.ts';
import { namespacesDeclared } from './rules/references/namespaces-declared.ts';
import { noDuplicates } from './rules/references/no-duplicates.ts';
import { scaleTargetExists } from './rules/references/scale-target-exists.ts';
import { secretsExist } from './rules/references/secrets-exist.ts';
import { selectorMatchesTemplate } from './rules/references/selector-matches-template.ts';
import { selectorsAreDisjoint } from './rules/references/selectors-are-disjoint.ts';
import { servicePortsExist } from './rules/references/service-ports-exist.ts';
import { serviceSelectsOneWorkload } from './rules/references/service-selects-one-workload.ts';
import { serviceSelectsPods } from './rules/references/service-selects-pods.ts';
import { statefulSetHasService } from './rules/references/stateful-set-has-service.ts';
import { urlsResolve } from './rules/references/urls-resolve.ts';
import { variablesResolve } from './rules/references/variables-resolve.ts';
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
  references: [
    serviceSelectsPods,
    serviceSelectsOneWorkload,
    servicePortsExist,
    selectorMatchesTemplate,
    selectorsAreDisjoint,
    backendsExist,
    scaleTargetExists,
    budgetSelectsPods,
    configExists,
    secretsExist,
    mountsHaveVolumes,
    identitiesExist,
    claimsExist,
    statefulSetHasService,
    namespacesDeclared,
    noDuplicates,
    hostsAreUnique,
    urlsResolve,
    customReferencesExist,
    variablesResolve,
  ],
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
