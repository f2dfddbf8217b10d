import type { k8s } from 'cdk8s-plus-28';
import { DEFAULT_UID as UID } from './pod.ts';

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
