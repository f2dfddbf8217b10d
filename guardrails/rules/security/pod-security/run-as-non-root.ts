import { effective, podSecurityRule } from '../../../pod-security.ts';

export const runAsNonRoot = podSecurityRule({
  id: 'pod-security-run-as-non-root',
  title: 'Every container must run as another user than root',
  rationale: 'Root in the container is root on the node as soon as anything else fails.',
  level: 'restricted',
  fix: "Set the pod's securityContext.runAsNonRoot to true.",
  *violations(workload) {
    for (const container of workload.containers) {
      const at = effective(workload, container, 'runAsNonRoot');
      if (at.flag !== true) yield { at, message: `container ${container.name} may run as root` };
    }
  },
});
