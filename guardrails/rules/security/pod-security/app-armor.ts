import { podSecurityRule, securityContexts } from '../../../pod-security.ts';

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

export const appArmor = podSecurityRule({
  id: 'pod-security-app-armor',
  title: 'No pod turns its AppArmor profile off',
  rationale: 'Unconfined takes away the fence that the runtime puts around every container.',
  level: 'baseline',
  fix: 'Use RuntimeDefault or a profile of the node (Localhost).',
  *violations(workload) {
    for (const context of securityContexts(workload)) {
      const at = context.at('appArmorProfile', 'type');
      if (at.exists && !['RuntimeDefault', 'Localhost'].includes(at.text ?? '')) {
        yield { at, message: `AppArmor profile is ${at.scalar}` };
      }
    }
    for (const [key, at] of workload.template.at('metadata', 'annotations').entries) {
      const allowed = at.text === 'runtime/default' || at.text === '' || at.text?.startsWith('localhost/');
      if (key.startsWith(ANNOTATION) && !allowed) yield { at, message: `AppArmor profile is ${at.scalar}` };
    }
  },
});
