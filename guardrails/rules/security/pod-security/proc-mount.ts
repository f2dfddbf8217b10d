import { podSecurityRule } from '../../../pod-security.ts';

export const procMount = podSecurityRule({
  id: 'pod-security-proc-mount',
  title: 'No container unmasks /proc',
  rationale: 'The masked parts of /proc tell of the node, and let a container change it.',
  level: 'baseline',
  fix: 'Remove procMount.',
  *violations({ containers }) {
    for (const { field, name } of containers) {
      const at = field.at('securityContext', 'procMount');
      if (at.exists && at.text !== 'Default') yield { at, message: `procMount of container ${name} is ${at.scalar}` };
    }
  },
});
