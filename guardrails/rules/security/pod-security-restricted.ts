import type { Workload } from '../../workload.ts';
import { type Control, effective, securityContexts } from './security-context.ts';

/** Pods for Windows nodes are exempt from what only Linux has. */
function isWindows(workload: Workload): boolean {
  return workload.pod.at('os', 'name').text === 'windows';
}

const VOLUMES = /^(configMap|csi|downwardAPI|emptyDir|ephemeral|image|name|persistentVolumeClaim|projected|secret)$/;

/** What the restricted level forbids beside the baseline. */
export const RESTRICTED: readonly Control[] = [
  {
    id: 'pod-security-drop-all',
    title: 'Every container drops all capabilities, and adds back NET_BIND_SERVICE at most',
    rationale: 'Whoever takes over a process can do what the process can do.',
    fix: 'Set securityContext.capabilities to drop: [ALL], and add NET_BIND_SERVICE at most.',
    *violations(workload) {
      for (const { field, name } of isWindows(workload) ? [] : workload.containers) {
        const set = field.at('securityContext', 'capabilities');
        const dropped = set.at('drop').items.some(({ text }) => text === 'ALL');
        if (!dropped) yield { at: set.at('drop'), message: `container ${name} does not drop ALL capabilities` };
        for (const at of set.at('add').items) {
          if (at.text !== 'NET_BIND_SERVICE') yield { at, message: `container ${name} adds ${at.scalar}` };
        }
      }
    },
  },
  {
    id: 'pod-security-privilege-escalation',
    title: 'No container may gain rights that its parent process lacks',
    rationale: 'A setuid program in the image is then a way to root.',
    fix: 'Set securityContext.allowPrivilegeEscalation to false.',
    *violations(workload) {
      for (const { field, name } of isWindows(workload) ? [] : workload.containers) {
        const at = field.at('securityContext', 'allowPrivilegeEscalation');
        if (at.flag !== false) yield { at, message: `container ${name} does not forbid privilege escalation` };
      }
    },
  },
  {
    id: 'pod-security-run-as-non-root',
    title: 'Every container must run as another user than root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: "Set the pod's securityContext.runAsNonRoot to true.",
    *violations(workload) {
      for (const container of workload.containers) {
        const at = effective(workload, container, 'runAsNonRoot');
        if (at.flag !== true) yield { at, message: `container ${container.name} may run as root` };
      }
    },
  },
  {
    id: 'pod-security-run-as-user',
    title: 'No pod sets its user to root',
    rationale: 'Root in the container is root on the node as soon as anything else fails.',
    fix: 'Set runAsUser to another user than 0, best above 10000.',
    *violations(workload) {
      for (const context of securityContexts(workload)) {
        const at = context.at('runAsUser');
        if (at.number === 0) yield { at, message: 'runs as user 0' };
      }
    },
  },
  {
    id: 'pod-security-seccomp',
    title: 'Every container names a seccomp profile, its own or its pod’s',
    rationale: 'A container without a profile may make every system call that the kernel has.',
    fix: "Set the pod's securityContext.seccompProfile.type to RuntimeDefault.",
    *violations(workload) {
      for (const container of isWindows(workload) ? [] : workload.containers) {
        const at = effective(workload, container, 'seccompProfile', 'type');
        if (!at.exists) yield { at, message: `container ${container.name} has no seccomp profile` };
      }
    },
  },
  {
    id: 'pod-security-volume-types',
    title: 'Pods mount volumes of the safe types only',
    rationale: 'The other types reach the node or a storage server directly, past every check on a claim.',
    fix: 'Use a claim, an emptyDir, or a projected, configMap, secret, downwardAPI, csi or ephemeral volume.',
    *violations({ pod }) {
      for (const volume of pod.at('volumes').items) {
        for (const [type, at] of volume.entries) {
          if (!VOLUMES.test(type)) yield { at, message: `volume ${volume.at('name').scalar} is a ${type}` };
        }
      }
    },
  },
];
