import { podSecurityRule, securityContexts } from '../../../pod-security.ts';

export const seccompBaseline = podSecurityRule({
  id: 'pod-security-seccomp-confined',
  title: 'No pod turns seccomp off',
  rationale: 'Unconfined opens every system call, those with the kernel bugs among them.',
  level: 'baseline',
  fix: 'Use RuntimeDefault or Localhost.',
  *violations(workload) {
    for (const context of securityContexts(workload)) {
      const at = context.at('seccompProfile', 'type');
      if (at.exists && !['RuntimeDefault', 'Localhost'].includes(at.text ?? '')) {
        yield { at, message: `seccomp profile is ${at.scalar}` };
      }
    }
  },
});
