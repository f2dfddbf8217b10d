import { isWindows, podSecurityRule } from '../../../pod-security.ts';

export const capabilitiesRestricted = podSecurityRule({
  id: 'pod-security-drop-all',
  title: 'Every container drops all capabilities, and adds back NET_BIND_SERVICE at most',
  rationale: 'What a process cannot do, who takes it over cannot do either.',
  level: 'restricted',
  fix: 'Set securityContext.capabilities to drop: [ALL], and add NET_BIND_SERVICE at most.',
  *violations(workload) {
    if (isWindows(workload)) return;
    for (const { field, name } of workload.containers) {
      const set = field.at('securityContext', 'capabilities');
      const dropped = set.at('drop').items.some(({ text }) => text === 'ALL');
      if (!dropped) yield { at: set.at('drop'), message: `container ${name} does not drop ALL capabilities` };
      for (const at of set.at('add').items) {
        if (at.text !== 'NET_BIND_SERVICE') yield { at, message: `container ${name} adds ${at.scalar}` };
      }
    }
  },
});
