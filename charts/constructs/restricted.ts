import { Capability, type ContainerSecurityContextProps, type k8s, SeccompProfileType } from 'cdk8s-plus-28';
import { UID } from '../../app/contract.ts';

/** Pod Security `restricted`, container level, and a root file system that nobody writes to. */
export const RESTRICTED_CONTAINER: ContainerSecurityContextProps = {
  user: UID,
  group: UID,
  ensureNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: [Capability.ALL] },
  seccompProfile: { type: SeccompProfileType.RUNTIME_DEFAULT },
};

/** Pod Security `restricted`, pod level: a user that is not root, volumes of its group, and a seccomp profile for debug containers, too. */
export const RESTRICTED_POD_SPEC: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  // Else the kubelet walks the whole volume at each start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

/** The container level for pods that are written with the L1 classes. */
export const RESTRICTED_CONTAINER_SPEC: k8s.SecurityContext = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};
