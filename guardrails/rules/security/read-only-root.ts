import { PROMISES } from '../../annotations.ts';
import type { Rule } from '../../rule.ts';

export const readOnlyRoot: Rule = {
  id: 'read-only-root',
  title: 'Where Pod Security is promised, no container can write to its own image',
  rationale: 'Who breaks into a process leaves tools where it can write; volumes say where that is, and how much.',
  severity: 'error',
  docs: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  *check(platform) {
    for (const workload of platform.workloads) {
      if (!platform.environmentOf(workload.namespace)?.promises(PROMISES.podSecurity)) continue;
      for (const container of workload.containers) {
        const at = container.field.at('securityContext', 'readOnlyRootFilesystem');
        if (at.flag === true) continue;
        yield {
          at,
          message: `container ${container.name} may write to its root file system`,
          fix: 'Set readOnlyRootFilesystem to true, and mount an emptyDir with a sizeLimit where it must write.',
        };
      }
    }
  },
};
