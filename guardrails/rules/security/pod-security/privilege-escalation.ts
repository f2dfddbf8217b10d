import { isWindows, podSecurityRule } from '../../../pod-security.ts';

export const privilegeEscalation = podSecurityRule({
  id: 'pod-security-privilege-escalation',
  title: 'No container may gain rights that its parent process lacks',
  rationale: 'A setuid program in the image is then a way to root.',
  level: 'restricted',
  fix: 'Set securityContext.allowPrivilegeEscalation to false.',
  *violations(workload) {
    if (isWindows(workload)) return;
    for (const { field, name } of workload.containers) {
      const at = field.at('securityContext', 'allowPrivilegeEscalation');
      if (at.flag !== false) yield { at, message: `container ${name} does not forbid privilege escalation` };
    }
  },
});
