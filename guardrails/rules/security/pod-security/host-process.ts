import { podSecurityRule, securityContexts } from '../../../pod-security.ts';

export const hostProcess = podSecurityRule({
  id: 'pod-security-host-process',
  title: 'No pod runs a Windows HostProcess container',
  rationale: 'A HostProcess container is a process of the node itself, with its rights.',
  level: 'baseline',
  fix: 'Remove windowsOptions.hostProcess.',
  *violations(workload) {
    for (const context of securityContexts(workload)) {
      const at = context.at('windowsOptions', 'hostProcess');
      if (at.flag) yield { at, message: 'runs as a process of the host' };
    }
  },
});
