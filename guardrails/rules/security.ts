import type { Rule } from '../rule.ts';
import { accessByConsequence } from './security/access.ts';
import { imageDigest } from './security/image-digest.ts';
import { imageExactTag } from './security/image-exact-tag.ts';
import { imageOneVersion } from './security/image-one-version.ts';
import { noLiteralSecret } from './security/no-literal-secret.ts';
import { noSecretInTheOpen } from './security/no-secret-in-the-open.ts';
import { podSecurity } from './security/pod-security.ts';
import { podSecurityEnforced } from './security/pod-security-enforced.ts';
import { podSecurityLabels } from './security/pod-security-labels.ts';
import { noRootGroup, registryServes, seccompProfileNamed, tokensExpire, volumesAreServed } from './security/pods.ts';
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
  ...podSecurity,
  readOnlyRoot,
  registryServes,
  noRootGroup,
  seccompProfileNamed,
  volumesAreServed,
  tokensExpire,
  accessByConsequence,
  rolesWithoutWildcards,
  rolesNameResources,
  serviceExposure,
  serviceLinksOff,
  tlsCoversHosts,
  tokenWhereUsed,
];
