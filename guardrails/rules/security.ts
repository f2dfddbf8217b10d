import type { Rule } from '../rule.ts';
import { imageDigest } from './security/image-digest.ts';
import { imageExactTag } from './security/image-exact-tag.ts';
import { imageOneVersion } from './security/image-one-version.ts';
import { noLiteralSecret } from './security/no-literal-secret.ts';
import { noSecretInTheOpen } from './security/no-secret-in-the-open.ts';
import { appArmor } from './security/pod-security/app-armor.ts';
import { capabilities } from './security/pod-security/capabilities.ts';
import { capabilitiesRestricted } from './security/pod-security/capabilities-restricted.ts';
import { hostNamespaces } from './security/pod-security/host-namespaces.ts';
import { hostPath } from './security/pod-security/host-path.ts';
import { hostPorts } from './security/pod-security/host-ports.ts';
import { hostProbes } from './security/pod-security/host-probes.ts';
import { hostProcess } from './security/pod-security/host-process.ts';
import { privilegeEscalation } from './security/pod-security/privilege-escalation.ts';
import { privileged } from './security/pod-security/privileged.ts';
import { procMount } from './security/pod-security/proc-mount.ts';
import { runAsNonRoot } from './security/pod-security/run-as-non-root.ts';
import { runAsUser } from './security/pod-security/run-as-user.ts';
import { seLinux } from './security/pod-security/se-linux.ts';
import { seccompBaseline } from './security/pod-security/seccomp-baseline.ts';
import { seccompRestricted } from './security/pod-security/seccomp-restricted.ts';
import { sysctls } from './security/pod-security/sysctls.ts';
import { volumeTypes } from './security/pod-security/volume-types.ts';
import { podSecurityEnforced } from './security/pod-security-enforced.ts';
import { podSecurityLabels } from './security/pod-security-labels.ts';
import { readOnlyRoot } from './security/read-only-root.ts';
import { rolesNameResources } from './security/roles-name-resources.ts';
import { rolesWithoutWildcards } from './security/roles-without-wildcards.ts';
import { serviceExposure } from './security/service-exposure.ts';
import { serviceLinksOff } from './security/service-links-off.ts';
import { tlsCoversHosts } from './security/tls-covers-hosts.ts';
import { tokenWhereUsed } from './security/token-where-used.ts';

/** In the order in which they judge. */
export const security: readonly Rule[] = [
  imageDigest,
  imageExactTag,
  imageOneVersion,
  noLiteralSecret,
  noSecretInTheOpen,
  podSecurityEnforced,
  podSecurityLabels,
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
  rolesNameResources,
  serviceExposure,
  serviceLinksOff,
  tlsCoversHosts,
  tokenWhereUsed,
];
