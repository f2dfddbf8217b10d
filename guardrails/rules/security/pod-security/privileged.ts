import { podSecurityRule } from '../../../pod-security.ts';

export const privileged = podSecurityRule({
  id: 'pod-security-privileged',
  title: 'No container is privileged',
  rationale: 'A privileged container has every right of root on the node: who breaks into it has the node.',
  level: 'baseline',
  fix: 'Remove privileged: true, and add the single capability that is needed.',
  *violations({ containers }) {
    for (const { field, name } of containers) {
      const at = field.at('securityContext', 'privileged');
      if (at.flag) yield { at, message: `container ${name} is privileged` };
    }
  },
});
