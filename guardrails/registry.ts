import { exemptionsAreJustified } from './exemptions.ts';
import type { Rule } from './rule.ts';
import { autoscalersRules } from './rules/availability/autoscalers.ts';
import { disruptionsRules } from './rules/availability/disruptions.ts';
import { workloadsRules } from './rules/availability/workloads.ts';
import { budgetsRules } from './rules/capacity/budgets.ts';
import { storesRules } from './rules/capacity/stores.ts';
import { volumesRules } from './rules/capacity/volumes.ts';
import { judge } from './rules/judge.ts';
import { changesRules } from './rules/lifecycle/changes.ts';
import { objectHazardsRules } from './rules/lifecycle/object-hazards.ts';
import { probesRules } from './rules/lifecycle/probes.ts';
import { rolloutsRules } from './rules/lifecycle/rollouts.ts';
import { timeoutsRules } from './rules/lifecycle/timeouts.ts';
import { connectionsRules } from './rules/network/connections.ts';
import { policiesRules } from './rules/network/policies.ts';
import { alertmanagerRules } from './rules/observability/alertmanager.ts';
import { alertsRules } from './rules/observability/alerts.ts';
import { metricsRules } from './rules/observability/metrics.ts';
import { addressesRules } from './rules/references/addresses.ts';
import { applicationsRules } from './rules/references/applications.ts';
import { certificatesRules } from './rules/references/certificates.ts';
import { objectsRules } from './rules/references/objects.ts';
import { podReferencesRules } from './rules/references/pod-references.ts';
import { rewritesRules } from './rules/references/rewrites.ts';
import { routesRules } from './rules/references/routes.ts';
import { selectorsRules } from './rules/references/selectors.ts';
import { schema } from './rules/schema.ts';
import { exposureRules } from './rules/security/exposure.ts';
import { imagesRules } from './rules/security/images.ts';
import { podSecurityRules } from './rules/security/pod-security.ts';
import { podsRules } from './rules/security/pods.ts';
import { rightsRules } from './rules/security/rights.ts';
import { roleResourcesRules } from './rules/security/role-resources.ts';
import { secretsRules } from './rules/security/secrets.ts';

/** Every rule by its family, in the order in which reports and the generated page show them. A new one stands in a list of its family. */
export const RULES = {
  schema,
  references: [
    ...addressesRules,
    ...applicationsRules,
    ...certificatesRules,
    ...objectsRules,
    ...podReferencesRules,
    ...rewritesRules,
    ...routesRules,
    ...selectorsRules,
  ],
  capacity: [...budgetsRules, ...storesRules, ...volumesRules],
  availability: [...autoscalersRules, ...disruptionsRules, ...workloadsRules],
  lifecycle: [...changesRules, ...objectHazardsRules, ...probesRules, ...rolloutsRules, ...timeoutsRules],
  network: [...connectionsRules, ...policiesRules],
  security: [
    ...exposureRules,
    ...imagesRules,
    ...podSecurityRules,
    ...podsRules,
    ...rightsRules,
    ...roleResourcesRules,
    ...secretsRules,
  ],
  observability: [...alertsRules, ...alertmanagerRules, ...metricsRules],
  judge,
  exemptions: [exemptionsAreJustified],
} satisfies Readonly<Record<string, readonly Rule[]>>;
export type Family = keyof typeof RULES;

/** Their names, in that order. */
export const FAMILIES = Object.keys(RULES) as readonly Family[];

/** Every rule of every family. */
export function allRules(): readonly Rule[] {
  return Object.values(RULES).flat();
}
