import { effective, isWindows, podSecurityRule } from '../../../pod-security.ts';

export const seccompRestricted = podSecurityRule({
  id: 'pod-security-seccomp',
  title: 'Every container names a seccomp profile, its own or its pod’s',
  rationale: 'A container without a profile may make every system call that the kernel has.',
  level: 'restricted',
  fix: "Set the pod's securityContext.seccompProfile.type to RuntimeDefault.",
  *violations(workload) {
    if (isWindows(workload)) return;
    for (const container of workload.containers) {
      const at = effective(workload, container, 'seccompProfile', 'type');
      if (!at.exists) yield { at, message: `container ${container.name} has no seccomp profile` };
    }
  },
});
