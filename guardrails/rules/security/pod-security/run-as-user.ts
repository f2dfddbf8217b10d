import { podSecurityRule, securityContexts } from '../../../pod-security.ts';

export const runAsUser = podSecurityRule({
  id: 'pod-security-run-as-user',
  title: 'No pod sets its user to root',
  rationale: 'Root in the container is root on the node as soon as anything else fails.',
  level: 'restricted',
  fix: 'Set runAsUser to another user than 0, best above 10000.',
  *violations(workload) {
    for (const context of securityContexts(workload)) {
      const at = context.at('runAsUser');
      if (at.number === 0) yield { at, message: 'runs as user 0' };
    }
  },
});
