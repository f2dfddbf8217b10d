import { podSecurityRule } from '../../../pod-security.ts';

const SAFE = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

export const sysctls = podSecurityRule({
  id: 'pod-security-sysctls',
  title: 'Pods set safe kernel parameters only',
  rationale: 'Other parameters are shared by all pods of the node.',
  level: 'baseline',
  fix: 'Remove it, or set it on the node.',
  *violations({ pod }) {
    for (const sysctl of pod.at('securityContext', 'sysctls').items) {
      const at = sysctl.at('name');
      if (!SAFE.has(at.text ?? '')) yield { at, message: `sets ${at.scalar}` };
    }
  },
});
