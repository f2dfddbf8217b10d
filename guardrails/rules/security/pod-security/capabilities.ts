import { podSecurityRule } from '../../../pod-security.ts';

/** What a container runtime gives by default; adding one of these adds nothing. */
const DEFAULT = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

export const capabilities = podSecurityRule({
  id: 'pod-security-capabilities',
  title: 'No container adds capabilities beyond the default set',
  rationale: 'Capabilities such as SYS_ADMIN or NET_ADMIN are ways out of the container.',
  level: 'baseline',
  fix: 'Remove it from capabilities.add.',
  *violations({ containers }) {
    for (const { field, name } of containers) {
      for (const at of field.at('securityContext', 'capabilities', 'add').items) {
        if (!DEFAULT.has(at.text ?? '')) yield { at, message: `container ${name} adds ${at.scalar}` };
      }
    }
  },
});
