import { podSecurityRule } from '../../../pod-security.ts';

export const hostProbes = podSecurityRule({
  id: 'pod-security-host-probes',
  title: 'No probe or hook names a host',
  rationale:
    'The kubelet asks on behalf of the pod: a host in a probe makes the node send requests to wherever the manifest says.',
  level: 'baseline',
  fix: 'Remove host: the probe then asks the pod itself.',
  *violations({ containers }) {
    for (const { field, name } of containers) {
      const hooks = ['postStart', 'preStop'].map((hook) => field.at('lifecycle', hook));
      const probes = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) => field.at(probe));
      for (const probe of [...probes, ...hooks]) {
        for (const kind of ['httpGet', 'tcpSocket']) {
          const at = probe.at(kind, 'host');
          if ((at.text ?? '') !== '') yield { at, message: `a probe of container ${name} asks host ${at.text}` };
        }
      }
    }
  },
});
