import { exceptionsAreJustified } from './exceptions.ts';
import type { Rule } from './rule.ts';
import { autoscalerHasRequest } from './rules/availability/autoscaler-has-request.ts';
import { autoscalerOwnsReplicas } from './rules/availability/autoscaler-owns-replicas.ts';
import { autoscalerRange } from './rules/availability/autoscaler-range.ts';
import { autoscalerTargetReachable } from './rules/availability/autoscaler-target-reachable.ts';
import { budgetPresent } from './rules/availability/budget-present.ts';
import { claimSharedByPods } from './rules/availability/claim-shared-by-pods.ts';
import { drainCanFinish } from './rules/availability/drain-can-finish.ts';
import { environmentAgrees } from './rules/availability/environment-agrees.ts';
import { figuresPresent } from './rules/availability/figures-present.ts';
import { livenessPresent } from './rules/availability/liveness-present.ts';
import { memoryTargetAboveIdle } from './rules/availability/memory-target-above-idle.ts';
import { noSingleReplica } from './rules/availability/no-single-replica.ts';
import { nothingAtZero } from './rules/availability/nothing-at-zero.ts';
import { replicasSpread } from './rules/availability/replicas-spread.ts';
import { rolloutKeepsServing } from './rules/availability/rollout-keeps-serving.ts';
import { spreadSelectsItself } from './rules/availability/spread-selects-itself.ts';
import { budgetCarriesPeak } from './rules/capacity/budget-carries-peak.ts';
import { connectionsFitStore } from './rules/capacity/connections-fit-store.ts';
import { hostsCarrySpread } from './rules/capacity/hosts-carry-spread.ts';
import { limitRangeAdmits } from './rules/capacity/limit-range-admits.ts';
import { nodeHeapFits } from './rules/capacity/node-heap-fits.ts';
import { persistenceHasVolume } from './rules/capacity/persistence-has-volume.ts';
import { podFitsNode } from './rules/capacity/pod-fits-node.ts';
import { quotaAdmitsPeak } from './rules/capacity/quota-admits-peak.ts';
import { quotaCounts } from './rules/capacity/quota-counts.ts';
import { quotaNeedsFigures } from './rules/capacity/quota-needs-figures.ts';
import { redisMemoryFits } from './rules/capacity/redis-memory-fits.ts';
import { retentionFitsVolume } from './rules/capacity/retention-fits-volume.ts';
import { scratchFitsLimit } from './rules/capacity/scratch-fits-limit.ts';
import { immutableFields } from './rules/lifecycle/immutable-fields.ts';
import { livenessIgnoresStores } from './rules/lifecycle/liveness-ignores-stores.ts';
import { livenessIsNotReadiness } from './rules/lifecycle/liveness-is-not-readiness.ts';
import { nothingRenamed } from './rules/lifecycle/nothing-renamed.ts';
import { probeTargetExists } from './rules/lifecycle/probe-target-exists.ts';
import { probeTiming } from './rules/lifecycle/probe-timing.ts';
import { readinessPresent } from './rules/lifecycle/readiness-present.ts';
import { startsWithinDeadline } from './rules/lifecycle/starts-within-deadline.ts';
import { stopsWithinGrace } from './rules/lifecycle/stops-within-grace.ts';
import { declaredEdgesAllowed } from './rules/network/declared-edges-allowed.ts';
import { defaultDeny } from './rules/network/default-deny.ts';
import { namesResolve } from './rules/network/names-resolve.ts';
import { policyIsBounded } from './rules/network/policy-is-bounded.ts';
import { policySelectsPods } from './rules/network/policy-selects-pods.ts';
import { undeclaredEdgesDenied } from './rules/network/undeclared-edges-denied.ts';
import { alertsComplete } from './rules/observability/alerts-complete.ts';
import { expressionsParse } from './rules/observability/expressions-parse.ts';
import { metricLabelsExist } from './rules/observability/metric-labels-exist.ts';
import { metricsExist } from './rules/observability/metrics-exist.ts';
import { monitorsSelectTargets } from './rules/observability/monitors-select-targets.ts';
import { receiversExist } from './rules/observability/receivers-exist.ts';
import { runbooksExist } from './rules/observability/runbooks-exist.ts';
import { thresholdsFitObjectives } from './rules/observability/thresholds-fit-objectives.ts';
import { thresholdsFitScaling } from './rules/observability/thresholds-fit-scaling.ts';
import { workloadsAreScraped } from './rules/observability/workloads-are-scraped.ts';
import { backendsExist } from './rules/references/backends-exist.ts';
import { budgetSelectsPods } from './rules/references/budget-selects-pods.ts';
import { certificatesAreUsed } from './rules/references/certificates-are-used.ts';
import { claimsExist } from './rules/references/claims-exist.ts';
import { configExists } from './rules/references/config-exists.ts';
import { customReferencesExist } from './rules/references/custom-references-exist.ts';
import { hostsAreUnique } from './rules/references/hosts-are-unique.ts';
import { identitiesExist } from './rules/references/identities-exist.ts';
import { mountsHaveVolumes } from './rules/references/mounts-have-volumes.ts';
import { namespacesDeclared } from './rules/references/namespaces-declared.ts';
import { noDuplicates } from './rules/references/no-duplicates.ts';
import { priorityClassExists } from './rules/references/priority-class-exists.ts';
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
import { valueRanges } from './rules/schema/value-ranges.ts';
import { imageDigest } from './rules/security/image-digest.ts';
import { imageExactTag } from './rules/security/image-exact-tag.ts';
import { imageOneVersion } from './rules/security/image-one-version.ts';
import { noLiteralSecret } from './rules/security/no-literal-secret.ts';
import { noSecretInTheOpen } from './rules/security/no-secret-in-the-open.ts';
import { appArmor } from './rules/security/pod-security/app-armor.ts';
import { capabilities } from './rules/security/pod-security/capabilities.ts';
import { capabilitiesRestricted } from './rules/security/pod-security/capabilities-restricted.ts';
import { hostNamespaces } from './rules/security/pod-security/host-namespaces.ts';
import { hostPath } from './rules/security/pod-security/host-path.ts';
import { hostPorts } from './rules/security/pod-security/host-ports.ts';
import { hostProbes } from './rules/security/pod-security/host-probes.ts';
import { hostProcess } from './rules/security/pod-security/host-process.ts';
import { privilegeEscalation } from './rules/security/pod-security/privilege-escalation.ts';
import { privileged } from './rules/security/pod-security/privileged.ts';
import { procMount } from './rules/security/pod-security/proc-mount.ts';
import { runAsNonRoot } from './rules/security/pod-security/run-as-non-root.ts';
import { runAsUser } from './rules/security/pod-security/run-as-user.ts';
import { seLinux } from './rules/security/pod-security/se-linux.ts';
import { seccompBaseline } from './rules/security/pod-security/seccomp-baseline.ts';
import { seccompRestricted } from './rules/security/pod-security/seccomp-restricted.ts';
import { sysctls } from './rules/security/pod-security/sysctls.ts';
import { volumeTypes } from './rules/security/pod-security/volume-types.ts';
import { podSecurityEnforced } from './rules/security/pod-security-enforced.ts';
import { readOnlyRoot } from './rules/security/read-only-root.ts';
import { rolesWithoutWildcards } from './rules/security/roles-without-wildcards.ts';
import { serviceExposure } from './rules/security/service-exposure.ts';
import { serviceLinksOff } from './rules/security/service-links-off.ts';
import { tlsCoversHosts } from './rules/security/tls-covers-hosts.ts';
import { tokenWhereUsed } from './rules/security/token-where-used.ts';

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
    valueRanges,
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
    priorityClassExists,
    certificatesAreUsed,
    statefulSetHasService,
    namespacesDeclared,
    noDuplicates,
    hostsAreUnique,
    urlsResolve,
    customReferencesExist,
    variablesResolve,
  ],
  capacity: [
    budgetCarriesPeak,
    connectionsFitStore,
    hostsCarrySpread,
    limitRangeAdmits,
    nodeHeapFits,
    persistenceHasVolume,
    podFitsNode,
    quotaAdmitsPeak,
    quotaCounts,
    quotaNeedsFigures,
    redisMemoryFits,
    retentionFitsVolume,
    scratchFitsLimit,
  ],
  availability: [
    autoscalerHasRequest,
    autoscalerOwnsReplicas,
    autoscalerRange,
    autoscalerTargetReachable,
    budgetPresent,
    claimSharedByPods,
    drainCanFinish,
    environmentAgrees,
    figuresPresent,
    livenessPresent,
    memoryTargetAboveIdle,
    noSingleReplica,
    nothingAtZero,
    replicasSpread,
    rolloutKeepsServing,
    spreadSelectsItself,
  ],
  lifecycle: [
    immutableFields,
    livenessIgnoresStores,
    livenessIsNotReadiness,
    nothingRenamed,
    probeTargetExists,
    probeTiming,
    readinessPresent,
    startsWithinDeadline,
    stopsWithinGrace,
  ],
  network: [declaredEdgesAllowed, defaultDeny, namesResolve, policyIsBounded, policySelectsPods, undeclaredEdgesDenied],
  security: [
    imageDigest,
    imageExactTag,
    imageOneVersion,
    noLiteralSecret,
    noSecretInTheOpen,
    podSecurityEnforced,
    appArmor,
    capabilitiesRestricted,
    capabilities,
    hostNamespaces,
    hostPath,
    hostPorts,
    hostProbes,
    hostProcess,
    privilegeEscalation,
    privileged,
    procMount,
    runAsNonRoot,
    runAsUser,
    seLinux,
    seccompBaseline,
    seccompRestricted,
    sysctls,
    volumeTypes,
    readOnlyRoot,
    rolesWithoutWildcards,
    serviceExposure,
    serviceLinksOff,
    tlsCoversHosts,
    tokenWhereUsed,
  ],
  observability: [
    expressionsParse,
    metricsExist,
    metricLabelsExist,
    alertsComplete,
    runbooksExist,
    monitorsSelectTargets,
    receiversExist,
    thresholdsFitObjectives,
    thresholdsFitScaling,
    workloadsAreScraped,
  ],
  exceptions: [exceptionsAreJustified],
};

/** Every rule of every family. */
export function allRules(): readonly Rule[] {
  return FAMILIES.flatMap((family) => RULES[family]);
}
