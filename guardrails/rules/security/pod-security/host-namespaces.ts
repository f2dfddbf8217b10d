import { podSecurityRule } from '../../../pod-security.ts';

export const hostNamespaces = podSecurityRule({
  id: 'pod-security-host-namespaces',
  title: "No pod shares the host's network, processes or IPC",
  rationale:
    "In the host's namespaces a pod sees the traffic and the processes of every other pod, and no NetworkPolicy applies to it.",
  level: 'baseline',
  fix: 'Remove it.',
  *violations({ pod }) {
    for (const name of ['hostNetwork', 'hostPID', 'hostIPC']) {
      if (pod.at(name).flag) yield { at: pod.at(name), message: `sets ${name}` };
    }
  },
});
