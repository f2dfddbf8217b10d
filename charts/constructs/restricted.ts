import {
  Capability,
  type ContainerSecurityContextProps,
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
