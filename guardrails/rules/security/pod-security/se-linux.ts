import { podSecurityRule, securityContexts } from '../../../pod-security.ts';

const TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

export const seLinux = podSecurityRule({
  id: 'pod-security-se-linux',
  title: 'No pod chooses an SELinux user, role or foreign type',
  rationale: 'Another type, such as spc_t, takes the fence of SELinux away.',
  level: 'baseline',
  fix: 'Remove it from seLinuxOptions.',
  *violations(workload) {
    for (const context of securityContexts(workload)) {
      const options = context.at('seLinuxOptions');
      const type = options.at('type');
      if (type.exists && !TYPES.has(type.text ?? '?')) yield { at: type, message: `SELinux type is ${type.scalar}` };
      for (const name of ['user', 'role']) {
        const at = options.at(name);
        if ((at.text ?? '') !== '') yield { at, message: `SELinux ${name} is ${at.text}` };
      }
    }
  },
});
