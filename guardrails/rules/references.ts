import type { Rule } from '../rule.ts';
import { backendsExist } from './references/backends-exist.ts';
import { budgetSelectsPods } from './references/budget-selects-pods.ts';
import { certificatesAreUsed } from './references/certificates-are-used.ts';
import { claimsExist } from './references/claims-exist.ts';
import { configExists } from './references/config-exists.ts';
import { configFilesParse } from './references/config-files-parse.ts';
import { customReferencesExist } from './references/custom-references-exist.ts';
import { hostsAreUnique } from './references/hosts-are-unique.ts';
import { identitiesExist } from './references/identities-exist.ts';
import { namespacesDeclared } from './references/namespaces-declared.ts';
import { noDuplicates } from './references/no-duplicates.ts';
import { priorityClassExists } from './references/priority-class-exists.ts';
import { scaleTargetExists } from './references/scale-target-exists.ts';
import { secretsExist } from './references/secrets-exist.ts';
import { selectorsAreDisjoint } from './references/selectors-are-disjoint.ts';
import { servicePortsExist } from './references/service-ports-exist.ts';
import { serviceSelectsOneWorkload } from './references/service-selects-one-workload.ts';
import { serviceSelectsPods } from './references/service-selects-pods.ts';
import { statefulSetHasService } from './references/stateful-set-has-service.ts';
import { urlsResolve } from './references/urls-resolve.ts';
import { variablesResolve } from './references/variables-resolve.ts';
import { volumesAreMounted } from './references/volumes-are-mounted.ts';

/** In the order in which they judge. */
export const references: readonly Rule[] = [
  serviceSelectsPods,
  serviceSelectsOneWorkload,
  servicePortsExist,
  selectorsAreDisjoint,
  backendsExist,
  scaleTargetExists,
  budgetSelectsPods,
  configExists,
  configFilesParse,
  secretsExist,
  volumesAreMounted,
  identitiesExist,
  claimsExist,
  priorityClassExists,
  certificatesAreUsed,
  statefulSetHasService,
  namespacesDeclared,
  noDuplicates,
  hostsAreUnique,
  urlsResolve,
  customReferencesExist,
  variablesResolve,
];
