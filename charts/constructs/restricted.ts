import {
  Capability,
  type ContainerSecurityContextProps,
  type k8s,
  type PodSecurityContextProps,
  SeccompProfileType,
} from 'cdk8s-plus-28';
import { UID } from '../../app/contract.ts';

/** Pod Security `restricted`, pod level: a user that is not root, and volumes that belong to its group. */
export const RESTRICTED_POD: PodSecurityContextProps = { user: UID, group: UID, fsGroup: UID, ensureNonRoot: true };

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

/** The same for pods that are written with the L1 classes. */
export const RESTRICTED_POD_SPEC: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  // Else the kubelet walks the whole volume at each start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

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
